import { type Hash, hexToBytes } from '@flotilla/common';
import { EMPTY_TRIE_ROOT } from '../account.js';
import { decodeNode } from './decode-node.js';
import { Branch, type Child, Leaf } from './node.js';
import { DIGITS, extendPath, type NodePath, type NodeSource } from './node-path.js';
import { readNode } from './prove.js';

export interface TrieEntry {
  /** Of the key, one hexadecimal digit each. */
  readonly path: NodePath;
  readonly value: Uint8Array;
}

/**
 * Every entry of a trie in key order, each node checked against the hash that it is known by.
 * @param seen learns the path of every node that the source was asked for
 * @throws StateError `CORRUPT_STATE`
 */
export function* walkTrie(
  source: NodeSource,
  root: Hash,
  seen: (path: NodePath) => void = () => {},
): Iterable<TrieEntry> {
  if (root === EMPTY_TRIE_ROOT) return;
  yield* walkChild(source, hexToBytes(root), '', seen);
}

function* walkChild(
  source: NodeSource,
  child: Child,
  path: NodePath,
  seen: (path: NodePath) => void,
): Iterable<TrieEntry> {
  let node = child;
  if (node instanceof Uint8Array) {
    const encoded = readNode(source, path, node);
    seen(path);
    node = decodeNode(encoded);
  }
  if (node instanceof Leaf) {
    yield { path: extendPath(path, node.path), value: node.value };
  } else if (node instanceof Branch) {
    if (node.value !== undefined) yield { path, value: node.value };
    for (let i = 0; i < 16; i++) {
      const next = node.child(i);
      if (next !== undefined) yield* walkChild(source, next, path + DIGITS[i], seen);
    }
  } else {
    yield* walkChild(source, node.child, extendPath(path, node.path), seen);
  }
}
