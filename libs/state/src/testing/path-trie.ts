import { type Hash, keccak256 } from '@flotilla/common';
import { EMPTY_TRIE_ROOT } from '../account.js';
import { finish } from '../steps.js';
import type { Change } from '../trie/change.js';
import { encodeLeaf } from '../trie/encode-node.js';
import { bytesToNibbles } from '../trie/nibbles.js';
import { extendPath, type NodePath, type NodeSource } from '../trie/node-path.js';
import { encodedNode } from '../trie/stored-node.js';
import { type TrieLeaf, type TrieSource, TrieUpdate } from '../trie/trie-update.js';
import { walkTrie } from '../trie/walk.js';

/** The product's trie over maps instead of a database. */
export class PathTrie implements TrieSource, NodeSource {
  readonly #nodes = new Map<NodePath, Uint8Array>();
  readonly #entries = new Map<NodePath, TrieLeaf>();
  readonly #secure: boolean;
  root: Hash = EMPTY_TRIE_ROOT;

  constructor(options: { readonly secure: boolean }) {
    this.#secure = options.secure;
  }

  node(path: NodePath): Uint8Array | undefined {
    return this.#nodes.get(path);
  }

  leaf(path: NodePath): TrieLeaf | undefined {
    const found = [...this.#entries].filter(([key]) => key.startsWith(path));
    expect(found).toHaveLength(1);
    return found[0][1];
  }

  read(path: NodePath): Uint8Array | undefined {
    const record = this.node(path);
    if (record !== undefined) return encodedNode(record);
    const { key, value } = this.leaf(path)!;
    return encodeLeaf(key.subarray(path.length), value);
  }

  /** One update of distinct keys; undefined removes. */
  apply(entries: readonly (readonly [Uint8Array, Uint8Array | undefined])[]): void {
    const update = new TrieUpdate(this);
    const changes = entries.map(([bytes, value]): Change => {
      const key = bytesToNibbles(this.#secure ? keccak256(bytes) : bytes);
      return { key, value, existed: this.#entries.has(extendPath('', key)) };
    });
    this.root = finish(update.apply(this.root, changes));
    for (const { path, before, after } of update.nodeChanges()) {
      expect(this.#nodes.get(path)).toBe(before);
      if (after === undefined) this.#nodes.delete(path);
      else this.#nodes.set(path, after);
    }
    for (const { key, value } of changes) {
      const path = extendPath('', key);
      if (value === undefined) this.#entries.delete(path);
      else this.#entries.set(path, { key, value });
    }
  }

  /** The paths of all keys in order. Fails unless exactly the nodes that the root reaches are kept. */
  walk(): NodePath[] {
    const reached = new Set<NodePath>();
    const paths = [...walkTrie(this, this.root, (path) => reached.add(path))].map((e) => e.path);
    const inner = [...reached].filter((path) => this.#nodes.has(path));
    expect([...this.#nodes.keys()].sort()).toEqual(inner.sort());
    expect([...this.#entries.keys()].sort()).toEqual(paths);
    return paths;
  }
}
