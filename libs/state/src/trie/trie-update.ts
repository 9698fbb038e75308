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
import { type Change, endOfNibble, type Span, sortChanges } from './change.js';
import { decodeNode } from './decode-node.js';
import type { Reference } from './encode-node.js';
import { encodeInSteps, encodeTree, type NodeSink, refer, STEP_DEPTH } from './hash-tree.js';
import { type Nibbles, sharedLength } from './nibbles.js';
import {
  Branch,
  type BranchChild,
  type Child,
  Extension,
  HASH_LENGTH,
  Leaf,
  type TrieNode,
} from './node.js';
import { DIGITS, extendPath, type NodePath } from './node-path.js';
import { isHashBranch, isOverwriting, Overwriting } from './overwriting.js';
import { decodeStoredNode, encodedNode } from './stored-node.js';

/** A stored node's record before and after an update, the latter without its stamp; undefined where there is none. */
export interface NodeChange {
  readonly path: NodePath;
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
}

/** What an update needs to know of the trie as it is. */
export interface TrieSource {
  /** The record of a node that is not a leaf. */
  node(path: NodePath): Uint8Array | undefined;
  /** The only entry of the trie whose key begins with the path, if there is one. */
  leaf(path: NodePath): TrieLeaf | undefined;
}

export interface TrieLeaf {
  readonly key: Nibbles;
  readonly value: Uint8Array;
}

const CHANGES_PER_STEP = 64;

interface WrittenNode {
  readonly path: NodePath;
  readonly before: Uint8Array | undefined;
  record: Uint8Array | undefined;
}

/**
 * Applies sorted changes to a trie that is kept by path, in one pass that reads and encodes each node on the way at
 * most once. The source is only read; what has to be written comes out as `nodeChanges`.
 */
export class TrieUpdate {
  readonly #source: TrieSource;
  readonly #read = new Map<NodePath, Uint8Array>();
  readonly #written: WrittenNode[] = [];
  readonly #removed = new Set<NodePath>();
  readonly #sink: NodeSink = {
    drop: (path) => this.#drop(path),
    leaf: (path) => {
      if (this.#shrunk) this.#drop(path);
    },
    write: (path) => this.#write(path),
  };
  readonly #overwriting = new Overwriting({
    load: (path) => this.#loadRecord(path),
    replace: (path, before, after) => this.#replace(path, before, after),
    update: (record, path, span) => this.#updateStored(record, path, span),
  });
  /** Whether a leaf may have come to where a stored node was. */
  #shrunk = false;

  constructor(source: TrieSource) {
    this.#source = source;
  }

  /**
   * In steps of a fraction of a millisecond, so that a large update need not hold up what else there is to do.
   * @param root of the trie in the source, which must not change meanwhile
   * @param changes distinct keys, in any order; sorted in place
   * @returns the root afterwards
   * @throws StateError `CORRUPT_STATE` when a node is missing
   */
  *apply(root: Hash, changes: Change[]): Generator<void, Hash> {
    if (changes.length === 0) return root;
    sortChanges(changes);
    const before = root === EMPTY_TRIE_ROOT ? undefined : this.#loadRoot();
    let after: Child | undefined = before;
    for (let from = 0, to = 0; from < changes.length; from = to) {
      if (from > 0) yield;
      to = endOfStep(changes, from);
      after = this.#update(after, '', { changes, from, to, depth: 0 });
    }
    if (after === before) return root;
    if (after === undefined) {
      this.#drop('');
      return EMPTY_TRIE_ROOT;
    }
    yield;
    const encoded = yield* encodeInSteps(after as TrieNode, '', this.#sink);
    return bytesToHex(keccak256(encoded));
  }

  /** Those that are written, then the others. */
  *nodeChanges(): Iterable<NodeChange> {
    for (const { path, before, record } of this.#written) {
      if (record !== undefined) yield { path, before, after: record };
    }
    for (const path of this.#removed) {
      yield { path, before: this.#read.get(path), after: undefined };
    }
  }

  #write(path: NodePath): WrittenNode {
    const written = { path, before: this.#read.get(path), record: undefined };
    this.#removed.delete(path);
    this.#written.push(written);
    return written;
  }

  #replace(path: NodePath, before: Uint8Array, after: Uint8Array): void {
    if (encodedNode(after).length >= HASH_LENGTH) {
      this.#written.push({ path, before, record: after });
    } else {
      this.#read.set(path, before);
      this.#drop(path);
    }
  }

  /** There is no node of its own at the path any more. */
  #drop(path: NodePath): void {
    if (this.#read.has(path)) this.#removed.add(path);
  }

  #loadRoot(): TrieNode {
    const record = this.#source.node('');
    return record === undefined ? this.#loadLeaf('') : this.#decode('', record);
  }

  #loadRecord(path: NodePath): Uint8Array {
    const record = this.#source.node(path);
    if (record === undefined) throw corrupt(`the trie has no node at '${path}'`);
    return record;
  }

  #load(path: NodePath): TrieNode {
    return this.#decode(path, this.#loadRecord(path));
  }

  #decode(path: NodePath, record: Uint8Array): TrieNode {
    this.#read.set(path, record);
    return decodeStoredNode(record);
  }

  #loadLeaf(path: NodePath): Leaf {
    const leaf = this.#source.leaf(path);
    if (leaf === undefined) throw corrupt(`no record belongs to the leaf at '${path}'`);
    return new Leaf(leaf.key.subarray(path.length), leaf.value);
  }

  /**
   * The leaf below a branch, which all changes of the span lead to. If one of them is of the leaf's own key, it need
   * not be read: its value is overwritten.
   */
  #leafOf({ changes, from, to, depth }: Span, path: NodePath): Leaf {
    for (let i = from; i < to; i++) {
      if (changes[i].existed) return new Leaf(changes[i].key.subarray(depth), EMPTY_BYTES);
    }
    return this.#loadLeaf(path);
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
        expectAbsent(change);
        if (change.value !== undefined) added.push(change);
      }
      return buildTrie(added, 0, added.length, span.depth);
    }
    // Above, a later step comes back to the same node, which has to be there as a node then.
    if (child instanceof Uint8Array && span.depth >= STEP_DEPTH && isOverwriting(span)) {
      return this.#overwrite(path, span);
    }
    const node = this.#resolve(child, path);
    const updated = this.#updateNode(node, path, span);
    return updated === node ? child : updated;
  }

  /** What is not a branch may have to be joined with what is above: it stays a node. */
  #overwrite(path: NodePath, span: Span): Child {
    const record = this.#loadRecord(path);
    if (!isHashBranch(record)) return this.#updateNode(this.#decode(path, record), path, span)!;
    const reference = this.#overwriting.overwrite(record, path, span)!;
    return reference.length === HASH_LENGTH ? reference : decodeNode(reference);
  }

  /** What the parent holds of a stored node after changes that only overwrite. */
  #updateStored(record: Uint8Array, path: NodePath, span: Span): Reference {
    const node = this.#decode(path, record);
    return refer(encodeTree(this.#updateNode(node, path, span)!, path, this.#sink));
  }

  #updateNode(node: TrieNode, path: NodePath, span: Span): TrieNode | undefined {
    if (node instanceof Leaf) return this.#updateLeaf(node, span);
    if (node instanceof Branch) return this.#updateBranch(node, path, span);
    return this.#updateExtension(node, path, span);
  }

  #updateLeaf(leaf: Leaf, { changes, from, to, depth }: Span): TrieNode | undefined {
    const entries: Change[] = [];
    let kept = true;
    let changed = false;
    for (let i = from; i < to; i++) {
      const change = changes[i];
      if (isKeyOf(leaf, change.key, depth)) {
        if (change.value !== undefined && equalBytes(change.value, leaf.value)) continue;
        if (change.value !== undefined && to - from === 1) return new Leaf(leaf.path, change.value);
        kept = false;
        changed = true;
      } else expectAbsent(change);
      if (change.value === undefined) continue;
      entries.push(change);
      changed = true;
    }
    if (!changed) return leaf;
    if (kept) {
      const key = concatBytes(changes[from].key.subarray(0, depth), leaf.path);
      entries.push({ key, value: leaf.value });
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
      if (common < prefix.length) expectAbsent(change);
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
    let { leaves } = branch;
    let changed = false;
    let removed = false;
    let at = span.from;
    if (changes[at].key.length === depth) {
      const next = changes[at++].value;
      changed = next === undefined ? value !== undefined : !value || !equalBytes(next, value);
      removed = next === undefined;
      value = next;
    }
    while (at < to) {
      const nibble = changes[at].key[depth];
      const end = endOfNibble(span, at);
      const childPath = path + DIGITS[nibble];
      const inner = { changes, from: at, to: end, depth: depth + 1 };
      let before = branch.child(nibble);
      if (before instanceof Uint8Array && branch.hasLeaf(nibble)) {
        before = this.#leafOf(inner, childPath);
      }
      const child = this.#update(before, childPath, inner);
      at = end;
      if (child === before) continue;
      children[nibble] = child;
      leaves = child instanceof Leaf ? leaves | (1 << nibble) : leaves & ~(1 << nibble);
      changed = true;
      if (child !== undefined) continue;
      removed = true;
      this.#drop(childPath);
    }
    if (!changed) return branch;
    const changedBranch = new Branch(children, value, branch.hashes, leaves);
    return removed ? this.#collapse(changedBranch, path) : changedBranch;
  }

  /** A branch that lost something: still one, or what is left of it. */
  #collapse(branch: Branch, path: NodePath): TrieNode | undefined {
    this.#shrunk = true;
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
    const lastPath = path + DIGITS[last];
    let child = branch.child(last);
    if (child instanceof Uint8Array && branch.hasLeaf(last)) child = this.#loadLeaf(lastPath);
    return this.#extend(Uint8Array.of(last), child, lastPath);
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

/** Keys that agree in their first nibbles are in one step. */
function endOfStep(changes: readonly Change[], from: number): number {
  let end = Math.min(changes.length, from + CHANGES_PER_STEP);
  while (end < changes.length && sharesTop(changes[end - 1].key, changes[end].key)) end++;
  return end;
}

function sharesTop(a: Nibbles, b: Nibbles): boolean {
  return a.length >= STEP_DEPTH && sharedLength(a, 0, b, 0) >= STEP_DEPTH;
}

function isKeyOf(leaf: Leaf, key: Nibbles, depth: number): boolean {
  const { length } = leaf.path;
  return length === key.length - depth && sharedLength(leaf.path, 0, key, depth) === length;
}

function expectAbsent({ key, existed }: Change): void {
  if (existed) throw corrupt(`the trie lacks the record ${bytesToHex(key)}`);
}

function corrupt(why: string): StateError {
  return new StateError(StateErrorCode.CorruptState, why);
}

/** The extension as extension (left to the caller), branch and rest, divided after `shared` nibbles. */
function splitExtension({ path, child }: Extension, shared: number): Branch {
  const children = new Array<BranchChild | undefined>(16).fill(undefined);
  const rest = path.subarray(shared + 1);
  children[path[shared]] = rest.length === 0 ? child : new Extension(rest, child);
  return new Branch(children, undefined, EMPTY_BYTES, 0);
}
