import { EMPTY_BYTES } from '@flotilla/common';
import type { Change } from './change.js';
import { sharedLength } from './nibbles.js';
import { Branch, type Child, Extension, Leaf, type TrieNode } from './node.js';

/**
 * The trie of the entries `from` to `to` (excluded), whose keys agree in their first `depth` nibbles.
 * @param entries sorted, distinct, none removed
 */
export function buildTrie(
  entries: readonly Change[],
  from: number,
  to: number,
  depth: number,
): TrieNode | undefined {
  if (from === to) return undefined;
  const first = entries[from];
  if (to - from === 1) return new Leaf(first.key.subarray(depth), first.value!);
  // Sorted: what the first and the last share, all share.
  const shared = sharedLength(first.key, depth, entries[to - 1].key, depth);
  const branch = buildBranch(entries, from, to, depth + shared);
  if (shared === 0) return branch;
  return new Extension(first.key.subarray(depth, depth + shared), branch);
}

function buildBranch(entries: readonly Change[], from: number, to: number, depth: number): Branch {
  const children = new Array<Child | undefined>(16).fill(undefined);
  let at = from;
  let value: Uint8Array | undefined;
  let leaves = 0;
  if (entries[at].key.length === depth) value = entries[at++].value;
  while (at < to) {
    const nibble = entries[at].key[depth];
    let end = at + 1;
    while (end < to && entries[end].key[depth] === nibble) end++;
    const child = buildTrie(entries, at, end, depth + 1);
    children[nibble] = child;
    if (child instanceof Leaf) leaves |= 1 << nibble;
    at = end;
  }
  return new Branch(children, value, EMPTY_BYTES, leaves);
}
