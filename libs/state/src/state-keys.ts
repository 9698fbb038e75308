import { type Address, concatBytes, type Hex, keccak256 } from '@flotilla/common';
import { DIGITS, type NodePath } from './trie/node-path.js';

/** The trie table's first byte: which trie a node belongs to. */
const ACCOUNT_TRIE = 0;
const STORAGE_TRIE = 1;

const ADDRESS_BYTES = 20;
const SLOT_BYTES = 32;

/** Length of an account's key, and of the beginning of its slots' keys. */
export const HASH_BYTES = 32;

/** The value of each digit's character code. */
const NIBBLES = new Uint8Array(128);
for (let value = 0; value < 16; value++) NIBBLES[DIGITS.charCodeAt(value)] = value;

/** Above every key that starts with the prefix, for prefixes followed by at most 64 bytes. */
export function prefixEnd(prefix: Uint8Array): Uint8Array {
  return concatBytes(prefix, new Uint8Array(65).fill(0xff));
}

/** Writes trusted lower-case hex: no check, no array of its own. */
export function writeHex(target: Uint8Array, at: number, hex: Hex): void {
  for (let i = 2, out = at; i < hex.length; i += 2, out++) {
    target[out] = (NIBBLES[hex.charCodeAt(i)] << 4) | NIBBLES[hex.charCodeAt(i + 1)];
  }
}

/** Big-endian, filling the target's last 32 bytes. */
function writeSlot(target: Uint8Array, slot: bigint): void {
  const digits = slot.toString(16);
  let out = target.length - 1;
  for (let i = digits.length - 1; i >= 0; i -= 2, out--) {
    const high = i > 0 ? NIBBLES[digits.charCodeAt(i - 1)] : 0;
    target[out] = (high << 4) | NIBBLES[digits.charCodeAt(i)];
  }
}

const addressRoom = new Uint8Array(ADDRESS_BYTES);
const slotRoom = new Uint8Array(SLOT_BYTES);

/** keccak-256 of the address: the key of its account, in the trie and out of it. */
export function addressHash(address: Address): Uint8Array {
  writeHex(addressRoom, 0, address);
  return keccak256(addressRoom);
}

/** keccak-256 of the slot's number: its key in the storage trie. */
export function slotHash(slot: bigint): Uint8Array {
  slotRoom.fill(0);
  writeSlot(slotRoom, slot);
  return keccak256(slotRoom);
}

export function slotKey(account: Uint8Array, slot: bigint): Uint8Array {
  return concatBytes(account, slotHash(slot));
}

export const ACCOUNT_TRIE_PREFIX = Uint8Array.of(ACCOUNT_TRIE);

/** Of the nodes that lie in the trie table. */
export function storageTriePrefix(account: Uint8Array): Uint8Array {
  const prefix = new Uint8Array(1 + HASH_BYTES);
  prefix[0] = STORAGE_TRIE;
  prefix.set(account, 1);
  return prefix;
}

/** The table of a trie's leaves. */
export type LeafTable = 'accounts' | 'slots';

/** Of the leaves' keys; a node's key among them has another length. */
export const LEAF_KEY_BYTES = { accounts: HASH_BYTES, slots: 2 * HASH_BYTES } as const;

/**
 * From this depth on a trie's nodes lie among the leaves below them: a block that changes accounts all over a large
 * state then dirties one page for each, not two. The nodes above, which nearly every block changes, lie together.
 */
const AMONG_LEAVES_DEPTH = 4;

export interface NodePlace {
  readonly table: 'trie' | LeafTable;
  readonly key: Uint8Array;
}

/** Where a node's record lies. @param account of a storage trie; undefined for the account trie */
export function nodePlace(account: Uint8Array | undefined, path: NodePath): NodePlace {
  if (path.length >= AMONG_LEAVES_DEPTH) {
    return {
      table: account === undefined ? 'accounts' : 'slots',
      key: keyAmongLeaves(account, path),
    };
  }
  const prefix = account === undefined ? ACCOUNT_TRIE_PREFIX : storageTriePrefix(account);
  return { table: 'trie', key: topNodeKey(prefix, path) };
}

/** The prefix of a trie, then one byte per nibble: a trie's nodes lie together, parents before children. */
function topNodeKey(prefix: Uint8Array, path: NodePath): Uint8Array {
  const key = new Uint8Array(prefix.length + path.length);
  for (let i = 0; i < prefix.length; i++) key[i] = prefix[i];
  for (let i = 0; i < path.length; i++) key[prefix.length + i] = NIBBLES[path.charCodeAt(i)];
  return key;
}

/** What the keys below begin with, then the number of nibbles. No two hashes share so many that it were a leaf's. */
function keyAmongLeaves(account: Uint8Array | undefined, path: NodePath): Uint8Array {
  const from = account?.length ?? 0;
  const key = new Uint8Array(from + ((path.length + 1) >> 1) + 1);
  for (let i = 0; i < from; i++) key[i] = account![i];
  writePath(key, from, path);
  key[key.length - 1] = path.length;
  return key;
}

/** Two nibbles to a byte. */
function writePath(target: Uint8Array, at: number, path: NodePath): void {
  for (let i = 0; i < path.length; i++) {
    target[at + (i >> 1)] |= NIBBLES[path.charCodeAt(i)] << (i % 2 === 0 ? 4 : 0);
  }
}

/** The keys, below the prefix if there is one, whose nibbles begin with the path. */
export function pathRange(
  prefix: Uint8Array | undefined,
  path: NodePath,
): { gte: Uint8Array; lt: Uint8Array } {
  const from = prefix?.length ?? 0;
  const gte = new Uint8Array(from + ((path.length + 1) >> 1));
  if (prefix !== undefined) gte.set(prefix);
  writePath(gte, from, path);
  const last = gte.slice();
  if (path.length % 2 === 1) last[last.length - 1] |= 15;
  return { gte, lt: prefixEnd(last) };
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
