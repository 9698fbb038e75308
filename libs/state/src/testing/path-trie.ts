import { type Hash, keccak256 } from '@flotilla/common';
import { EMPTY_TRIE_ROOT } from '../account.js';
import { bytesToNibbles } from '../trie/nibbles.js';
import type { NodePath, NodeSource } from '../trie/node-path.js';
import { TrieUpdate } from '../trie/trie-update.js';
import { walkTrie } from '../trie/walk.js';

/** The product's trie over a map instead of a database. */
export class PathTrie implements NodeSource {
  readonly #nodes = new Map<NodePath, Uint8Array>();
  readonly #secure: boolean;
  root: Hash = EMPTY_TRIE_ROOT;

  constructor(options: { readonly secure: boolean }) {
    this.#secure = options.secure;
  }

  read(path: NodePath): Uint8Array | undefined {
    return this.#nodes.get(path);
  }

  /** One update of distinct keys; undefined removes. */
  apply(entries: readonly (readonly [Uint8Array, Uint8Array | undefined])[]): void {
    const update = new TrieUpdate(this);
    const changes = entries.map(([key, value]) => ({
      key: bytesToNibbles(this.#secure ? keccak256(key) : key),
      value,
    }));
    this.root = update.apply(this.root, changes);
    for (const { path, before, after } of update.nodeChanges()) {
      expect(this.#nodes.get(path)).toEqual(before);
      if (after === undefined) this.#nodes.delete(path);
      else this.#nodes.set(path, after);
    }
  }

  /** The paths of all keys in order. Fails unless exactly the nodes that the root reaches are kept. */
  walk(): NodePath[] {
    const reached = new Set<NodePath>();
    const paths = [...walkTrie(this, this.root, (path) => reached.add(path))].map((e) => e.path);
    expect([...this.#nodes.keys()].sort()).toEqual([...reached].sort());
    return paths;
  }
}
