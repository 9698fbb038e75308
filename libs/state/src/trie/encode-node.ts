import { allocateBytes } from '@flotilla/common';
import { hexPrefixLength, type Nibbles, writeHexPrefix } from './nibbles.js';
import { HASH_LENGTH } from './node.js';

/**
 * What a parent holds of a child, ready to be copied in: the child's encoding when that is under 32 bytes, else its
 * hash, else nothing.
 */
export type Reference = Uint8Array | undefined;

function stringLength(bytes: Uint8Array): number {
  if (bytes.length === 1 && bytes[0] < 0x80) return 1;
  return headLength(bytes.length) + bytes.length;
}

function headLength(length: number): number {
  if (length < 56) return 1;
  if (length < 0x100) return 2;
  if (length < 0x10000) return 3;
  return length < 0x1000000 ? 4 : 5;
}

function writeHead(target: Uint8Array, at: number, length: number, offset: number): number {
  if (length < 56) {
    target[at] = offset + length;
    return at + 1;
  }
  const digits = headLength(length) - 1;
  target[at] = offset + 55 + digits;
  for (let i = 0; i < digits; i++) target[at + digits - i] = Math.floor(length / 256 ** i) & 0xff;
  return at + 1 + digits;
}

function writeString(target: Uint8Array, at: number, bytes: Uint8Array): number {
  let out = at;
  if (bytes.length !== 1 || bytes[0] >= 0x80) out = writeHead(target, at, bytes.length, 0x80);
  target.set(bytes, out);
  return out + bytes.length;
}

function referenceLength(reference: Reference): number {
  if (reference === undefined) return 1;
  return reference.length === HASH_LENGTH ? 1 + HASH_LENGTH : reference.length;
}

function writeReference(target: Uint8Array, at: number, reference: Reference): number {
  if (reference === undefined) {
    target[at] = 0x80;
    return at + 1;
  }
  let out = at;
  if (reference.length === HASH_LENGTH) target[out++] = 0x80 + HASH_LENGTH;
  target.set(reference, out);
  return out + reference.length;
}

function copyHash(target: Uint8Array, at: number, hashes: Uint8Array, from: number): number {
  target[at] = 0x80 + HASH_LENGTH;
  for (let i = 0; i < HASH_LENGTH; i++) target[at + 1 + i] = hashes[from + i];
  return at + 1 + HASH_LENGTH;
}

function writePath(target: Uint8Array, at: number, path: Nibbles, isLeaf: boolean): number {
  const length = hexPrefixLength(path);
  let out = at;
  // A path of one byte is below 0x80: its flag nibble is at most 3.
  if (length > 1) out = writeHead(target, at, length, 0x80);
  return writeHexPrefix(path, isLeaf, target, out);
}

function pathLength(path: Nibbles): number {
  const length = hexPrefixLength(path);
  return length === 1 ? 1 : headLength(length) + length;
}

export function encodeLeaf(path: Nibbles, value: Uint8Array): Uint8Array {
  const body = pathLength(path) + stringLength(value);
  const encoded = allocateBytes(headLength(body) + body);
  const at = writePath(encoded, writeHead(encoded, 0, body, 0xc0), path, true);
  writeString(encoded, at, value);
  return encoded;
}

/** Leaves `room` zeroed bytes before the encoding. */
export function encodeExtension(path: Nibbles, child: Reference, room: number): Uint8Array {
  const body = pathLength(path) + referenceLength(child);
  const encoded = allocateBytes(room + headLength(body) + body);
  const at = writePath(encoded, writeHead(encoded, room, body, 0xc0), path, false);
  writeReference(encoded, at, child);
  return encoded;
}

/**
 * `children` are sixteen; a number tells where in `hashes` the child's hash starts. Leaves `room` zeroed bytes before
 * the encoding.
 */
export function encodeBranch(
  children: readonly (Reference | number)[],
  hashes: Uint8Array,
  value: Uint8Array | undefined,
  room: number,
): Uint8Array {
  let body = value === undefined ? 1 : stringLength(value);
  for (let i = 0; i < 16; i++) {
    const child = children[i];
    body += typeof child === 'number' ? 1 + HASH_LENGTH : referenceLength(child);
  }
  const encoded = allocateBytes(room + headLength(body) + body);
  let at = writeHead(encoded, room, body, 0xc0);
  for (let i = 0; i < 16; i++) {
    const child = children[i];
    if (typeof child === 'number') at = copyHash(encoded, at, hashes, child);
    else at = writeReference(encoded, at, child);
  }
  if (value === undefined) encoded[at] = 0x80;
  else writeString(encoded, at, value);
  return encoded;
}
