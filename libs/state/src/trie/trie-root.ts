import { bytesToHex, type Hash, keccak256 } from '@flotilla/common';
import { EMPTY_TRIE_ROOT } from '../account.js';
import { buildTrie } from './build.js';
import { type Change, sortChanges } from './change.js';
import { encodeTree } from './hash-tree.js';
import { bytesToNibbles } from './nibbles.js';

/**
 * The root of the trie of these entries, in memory: for the lists in a header, keyed by RLP(index).
 * Keys must differ; an entry with an empty value counts as absent.
 */
export function trieRoot(entries: Iterable<readonly [Uint8Array, Uint8Array]>): Hash {
  const changes: Change[] = [];
  for (const [key, value] of entries) {
    if (value.length > 0) changes.push({ key: bytesToNibbles(key), value });
  }
  const root = buildTrie(sortChanges(changes), 0, changes.length, 0);
  if (root === undefined) return EMPTY_TRIE_ROOT;
  return bytesToHex(keccak256(encodeTree(root, '')));
}
