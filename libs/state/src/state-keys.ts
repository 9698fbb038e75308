import { type Address, bigIntToBytes, concatBytes, hexToBytes } from '@flotilla/common';
import type { NodePath } from './trie/node-path.js';

/** The trie table's first byte: which trie a node belongs to. */
const ACCOUNT_TRIE = 0;
const STORAGE_TRIE = 1;

const SLOT_BYTES = 32;

/** Above every key that starts with the prefix, for prefixes followed by at most 64 bytes. */
export function prefixEnd(prefix: Uint8Array): Uint8Array {
  return concatBytes(prefix, new Uint8Array(65).fill(0xff));
}

export function accountKey(address: Address): Uint8Array {
  return hexToBytes(address);
}

export function slotKey(address: Address, slot: bigint): Uint8Array {
  return concatBytes(hexToBytes(address), bigIntToBytes(slot, SLOT_BYTES));
}

export function slotBytes(slot: bigint): Uint8Array {
  return bigIntToBytes(slot, SLOT_BYTES);
}

export const ACCOUNT_TRIE_PREFIX = Uint8Array.of(ACCOUNT_TRIE);

export function storageTriePrefix(address: Address): Uint8Array {
  return concatBytes(Uint8Array.of(STORAGE_TRIE), hexToBytes(address));
}

function nibbleOf(digit: number): number {
  return digit < 58 ? digit - 48 : digit - 87;
}

/** The prefix of a trie, then one byte per nibble: a trie's nodes lie together, parents before children. */
export function nodeKey(prefix: Uint8Array, path: NodePath): Uint8Array {
  const key = new Uint8Array(prefix.length + path.length);
  key.set(prefix);
  for (let i = 0; i < path.length; i++) key[prefix.length + i] = nibbleOf(path.charCodeAt(i));
  return key;
}

/** Big-endian, so that keys ending in a block number sort by it. */
export function blockBytes(blockNumber: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(blockNumber / 2 ** 32));
  view.setUint32(4, blockNumber % 2 ** 32);
  return bytes;
}

export function readBlockNumber(bytes: Uint8Array, at: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 8);
  return view.getUint32(0) * 2 ** 32 + view.getUint32(4);
}
