import { STAMP_BYTES } from '../record-change.js';
import { decodeNode } from './decode-node.js';
import type { TrieNode } from './node.js';

/**
 * A node as it is stored: the stamp of its record, which children of a branch are leaves (a bit for each), its RLP.
 * Leaves are not stored: they are the flat records.
 */
export const STORED_NODE_HEADER_BYTES = STAMP_BYTES + 2;

const LEAVES_AT = STAMP_BYTES;

export function writeLeaves(record: Uint8Array, leaves: number): void {
  record[LEAVES_AT] = leaves >>> 8;
  record[LEAVES_AT + 1] = leaves;
}

export function leavesOf(record: Uint8Array): number {
  return (record[LEAVES_AT] << 8) | record[LEAVES_AT + 1];
}

export function hasLeaf(record: Uint8Array, nibble: number): boolean {
  return ((leavesOf(record) >> nibble) & 1) === 1;
}

export function encodedNode(record: Uint8Array): Uint8Array {
  return record.subarray(STORED_NODE_HEADER_BYTES);
}

export function decodeStoredNode(record: Uint8Array): TrieNode {
  return decodeNode(encodedNode(record), leavesOf(record));
}
