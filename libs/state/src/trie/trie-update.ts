import {
  bytesToHex,
  concatBytes,
  EMPTY_BYTES,
  equalBytes,
  type Hash,
  keccak256,
} from '@flotilla/common';
import { EMPTY_TRIE_ROOT } from '../account.js';
import { StateError, StateErrorCode } from '../errors.js';
import { buildTrie } from './build.js';
import { type Change, sortChanges } from './change.js';
import { decodeNode } from './decode-node.js';
import { encodeTree } from './hash-tree.js';
import { type Nibbles, sharedLength } from './nibbles.js';
import { Branch, type BranchChild, type Child, Extension, Leaf, type TrieNode } from './node.js';
import { DIGITS, extendPath, type NodePath, type NodeSource } from './node-path.js';

/** A node's encoding before and after an update; undefined where there is none. */
export interface NodeChange {
  readonly path: NodePath;
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
}

/** A contiguous piece of sorted changes whose keys agree in their first `depth` nibbles. */
interface Span {
  readonly changes: readonly Change[];
  readonly from: number;
  readonly to: number;
  readonly depth: number;
}

/**
 * Applies sorted changes to a trie that is kept by path, in one pass that reads and encodes each node on the way at
 * most once. The source is only read; what has to be written comes out as `nodeChanges`.
 */
export class TrieUpdate {
  readonly #source: NodeSource;
  readonly #read = new Map<NodePath, Uint8Array>();
  readonly #written = new Map<NodePath, Uint8Array>();
  readonly #removed = new Set<NodePath>();

  constructor(source: NodeSource) {
    this.#source = source;
  }

  /**
   * @param root of the trie in the source
   * @param changes distinct keys, in any order; sorted in place
   * @returns the root afterwards
   * @throws StateError `CORRUPT_STATE` when a node is missing
   */
  apply(root: Hash, changes: Change[]): Hash {
    if (changes.length === 0) return root;
    const before = root === EMPTY_TRIE_ROOT ? undefined : this.#load('');
    const span = { changes: sortChanges(changes), from: 0, to: changes.length, depth: 0 };
    const after = this.#update(before, '', span);
    if (after === before) return root;
    if (after === undefined) {
      this.#drop('');
      return EMPTY_TRIE_ROOT;
    }
    const encoded = encodeTree(after as TrieNode, '', (path, node, isEmbedded) => {
      if (isEmbedded) this.#drop(path);
      else this.#write(path, node);
    });
    this.#write('', encoded);
    return bytesToHex(keccak256(encoded));
  }

  *nodeChanges(): Iterable<NodeChange> {
    for (const [path, after] of this.#written) {
      yield { path, before: this.#read.get(path), after };
    }
    for (const path of this.#removed) {
      yield { path, before: this.#read.get(path), after: undefined };
    }
  }

  #write(path: NodePath, encoded: Uint8Array): void {
    this.#removed.delete(path);
    this.#written.set(path, encoded);
  }

  /** The node at the path is gone, or lives in its parent now. */
  #drop(path: NodePath): void {
    if (this.#read.has(path)) this.#removed.add(path);
  }

  #load(path: NodePath): TrieNode {
    const encoded = this.#source.read(path);
    if (encoded === undefined) {
      throw new StateError(StateErrorCode.CorruptState, `the trie has no node at '${path}'`);
    }
    this.#read.set(path, encoded);
    return decodeNode(encoded);
  }

  #resolve(child: Child, path: NodePath): TrieNode {
    return child instanceof Uint8Array ? this.#load(path) : child;
  }

  /** The very same child when nothing in it changes. */
  #update(child: Child | undefined, path: NodePath, span: Span): Child | undefined {
    if (child === undefined) {
      const added: Change[] = [];
      for (let i = span.from; i < span.to; i++) {
        const change = span.changes[i];
        expectBefore(change, undefined);
        if (change.value !== undefined) added.push(change);
      }
      return buildTrie(added, 0, added.length, span.depth);
    }
    const node = this.#resolve(child, path);
    const updated = this.#updateNode(node, path, span);
    return updated === node ? child : updated;
  }

  #updateNode(node: TrieNode, path: NodePath, span: Span): TrieNode | undefined {
    if (node instanceof Leaf) return this.#updateLeaf(node, span);
    if (node instanceof Branch) return this.#updateBranch(node, path, span);
    return this.#updateExtension(node, path, span);
  }

  #updateLeaf(leaf: Leaf, { changes, from, to, depth }: Span): TrieNode | undefined {
    const key = concatBytes(changes[from].key.subarray(0, depth), leaf.path);
    const entries: Change[] = [];
    let kept: Change | undefined = { key, value: leaf.value };
    let changed = false;
    for (let i = from; i < to; i++) {
      const change = changes[i];
      const isLeaf = equalBytes(change.key, key);
      expectBefore(change, isLeaf ? leaf.value : undefined);
      if (isLeaf) {
        if (change.value !== undefined && equalBytes(change.value, leaf.value)) continue;
        kept = undefined;
        changed = true;
      }
      if (change.value === undefined) continue;
      entries.push(change);
      changed = true;
    }
    if (!changed) return leaf;
    if (kept !== undefined) {
      entries.push(kept);
      sortChanges(entries);
    }
    return buildTrie(entries, 0, entries.length, depth);
  }

  #updateExtension(extension: Extension, path: NodePath, span: Span): TrieNode | undefined {
    const prefix = extension.path;
    let shared = prefix.length;
    const changes: Change[] = [];
    for (let i = span.from; i < span.to; i++) {
      const change = span.changes[i];
      const common = sharedLength(prefix, 0, change.key, span.depth);
      if (common < prefix.length) expectBefore(change, undefined);
      // To remove what branches off before the child is to remove nothing.
      if (common < prefix.length && change.value === undefined) continue;
      changes.push(change);
      if (common < shared) shared = common;
    }
    if (changes.length === 0) return extension;
    const inner = { changes, from: 0, to: changes.length, depth: span.depth + shared };
    const childPath = extendPath(path, prefix.subarray(0, shared));
    if (shared === prefix.length) {
      const child = this.#update(extension.child, childPath, inner);
      if (child === extension.child) return extension;
      return this.#extend(prefix, child, childPath);
    }
    const branch = this.#updateBranch(splitExtension(extension, shared), childPath, inner);
    return shared === 0 ? branch : this.#extend(prefix.subarray(0, shared), branch, childPath);
  }

  #updateBranch(branch: Branch, path: NodePath, span: Span): TrieNode | undefined {
    const { changes, to, depth } = span;
    let { value } = branch;
    const children = branch.children.slice();
    let changed = false;
    let removed = false;
    let at = span.from;
    if (changes[at].key.length === depth) {
      expectBefore(changes[at], value);
      const next = changes[at++].value;
      changed = next === undefined ? value !== undefined : !value || !equalBytes(next, value);
      removed = next === undefined;
      value = next;
    }
    while (at < to) {
      const nibble = changes[at].key[depth];
      let end = at + 1;
      while (end < to && changes[end].key[depth] === nibble) end++;
      const childPath = path + DIGITS[nibble];
      const inner = { changes, from: at, to: end, depth: depth + 1 };
      const before = children[nibble];
      // A number is the hash of a node that has to be loaded anyway.
      const loaded = typeof before === 'number' ? this.#load(childPath) : before;
      const child = this.#update(loaded, childPath, inner);
      at = end;
      if (child === loaded) continue;
      children[nibble] = child;
      changed = true;
      if (child !== undefined) continue;
      removed = true;
      this.#drop(childPath);
    }
    if (!changed) return branch;
    const changedBranch = new Branch(children, value, branch.hashes);
    return removed ? this.#collapse(changedBranch, path) : changedBranch;
  }

  /** A branch that lost something: still one, or what is left of it. */
  #collapse(branch: Branch, path: NodePath): TrieNode | undefined {
    const { children, value } = branch;
    let count = 0;
    let last = 0;
    for (let i = 0; i < 16; i++) {
      if (children[i] === undefined) continue;
      count++;
      last = i;
    }
    if (count === 0) return value === undefined ? undefined : new Leaf(EMPTY_BYTES, value);
    if (count > 1 || value !== undefined) return branch;
    return this.#extend(Uint8Array.of(last), branch.child(last), path + DIGITS[last]);
  }

  /** The child with `prefix` before it: a leaf or an extension takes it up, a branch gets an extension above it. */
  #extend(prefix: Nibbles, child: Child | undefined, path: NodePath): TrieNode | undefined {
    if (child === undefined) {
      this.#drop(path);
      return undefined;
    }
    const node = this.#resolve(child, path);
    if (node instanceof Branch) return new Extension(prefix, child);
    this.#drop(path);
    const joined = concatBytes(prefix, node.path);
    return node instanceof Leaf ? new Leaf(joined, node.value) : new Extension(joined, node.child);
  }
}

function expectBefore({ key, before }: Change, found: Uint8Array | undefined): void {
  if (before === undefined) return;
  const isRight = before === null ? found === undefined : found && equalBytes(found, before);
  if (isRight) return;
  const why = `the trie holds another value than the flat records at ${bytesToHex(key)}`;
  throw new StateError(StateErrorCode.CorruptState, why);
}

/** The extension as extension (left to the caller), branch and rest, divided after `shared` nibbles. */
function splitExtension({ path, child }: Extension, shared: number): Branch {
  const children = new Array<BranchChild | undefined>(16).fill(undefined);
  const rest = path.subarray(shared + 1);
  children[path[shared]] = rest.length === 0 ? child : new Extension(rest, child);
  return new Branch(children, undefined, EMPTY_BYTES);
}
