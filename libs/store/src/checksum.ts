import { allocateBytes } from '@flotilla/common';
import { crc32c } from '@node-rs/crc32';

const CHECKSUM_BYTES = 4;

/** Small arrays lie in V8's own heap: cheap to have, but dear to hand to native code. */
const SMALL_BYTES = 64;

/** CRC-32C (Castagnoli, RFC 3720 appendix B.4), unsigned. `initial` continues an earlier one. */
export function checksum(bytes: Uint8Array, initial = 0): number {
  return crc32c(bytes, initial);
}

/** FNV-1a, unsigned. Stands for the key in its record's checksum. */
export function hashKey(key: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key[i], 0x01000193);
  return hash >>> 0;
}

function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

function readUint32(bytes: Uint8Array, at: number): number {
  const low = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
  return (low | (bytes[at + 3] << 24)) >>> 0;
}

/** The value followed by the checksum of value and key, so that a record under a wrong key shows too. */
export function sealRecord(key: Uint8Array, value: Uint8Array): Uint8Array {
  const { length } = value;
  const record = allocateBytes(length + CHECKSUM_BYTES);
  record.set(value);
  writeUint32(record, length, hashKey(key));
  writeUint32(record, length, checksum(record));
  return record;
}

/** The value of a record, in memory of its own; undefined when the checksum does not match. */
export function unsealRecord(key: Uint8Array, record: Uint8Array): Uint8Array | undefined {
  const length = record.length - CHECKSUM_BYTES;
  if (length < 0) return undefined;
  const room = allocateBytes(record.length);
  room.set(record.subarray(0, record.length));
  const expected = readUint32(room, length);
  writeUint32(room, length, hashKey(key));
  if (checksum(room) !== expected) return undefined;
  return length > SMALL_BYTES ? room.subarray(0, length) : copySmall(room, length);
}

/** In memory of its own. */
export function copyBytes(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  if (length <= SMALL_BYTES) return copySmall(bytes, length);
  const copy = allocateBytes(length);
  copy.set(bytes);
  return copy;
}

function copySmall(bytes: Uint8Array, length: number): Uint8Array {
  const copy = new Uint8Array(length);
  for (let i = 0; i < length; i++) copy[i] = bytes[i];
  return copy;
}
