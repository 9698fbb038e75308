import { keccak256 } from '@flotilla/common';
import { encodeBranch, encodeExtension, encodeLeaf, type Reference } from './encode-node.js';
import { Branch, type Child, Leaf, type TrieNode } from './node.js';
import { DIGITS, extendPath, type NodePath } from './node-path.js';
import { encodedNode, STORED_NODE_HEADER_BYTES, writeLeaves } from './stored-node.js';

/** What becomes of the new nodes of a tree. */
export interface NodeSink {
  /** The node at the path is so short that it lives inside its parent. */
  drop(path: NodePath): void;
  /** The node at the path is a leaf, which is not stored. */
  leaf(path: NodePath): void;
  /** Parents come before their children; the record, but for its stamp, is filled in later. */
  write(path: NodePath): { record: Uint8Array | undefined };
}

/** For trees that are not stored. */
const NO_SINK: NodeSink = { drop: () => {}, leaf: () => {}, write: () => ({ record: undefined }) };

/** Down to here a step is one child; below it, all that there is. */
export const STEP_DEPTH = 2;

/** References under way, a row per level of the trie. */
const rows: (Reference | number)[][] = [];

/** Encodes every new node from the leaves up. Returns the root's encoding. */
export function encodeTree(node: TrieNode, path: NodePath, sink: NodeSink = NO_SINK): Uint8Array {
  if (node.encoded !== undefined) return node.encoded;
  if (node instanceof Leaf) {
    sink.leaf(path);
    return encodeLeaf(node.path, node.value);
  }
  const place = sink.write(path);
  if (!(node instanceof Branch)) {
    const child = reference(node.child, extendPath(path, node.path), sink);
    return finish(encodeExtension(node.path, child, STORED_NODE_HEADER_BYTES), path, sink, place);
  }
  const row = rowAt(path.length);
  for (let i = 0; i < 16; i++) {
    const child = node.children[i];
    row[i] = typeof child === 'object' ? reference(child, path + DIGITS[i], sink) : child;
  }
  return finish(encodeBranchRecord(node, row), path, sink, place);
}

/** Like encodeTree, with a pause after each of the subtrees that lie just below the top. */
export function* encodeInSteps(
  node: TrieNode,
  path: NodePath,
  sink: NodeSink,
): Generator<void, Uint8Array> {
  const isTop = node instanceof Branch && path.length < STEP_DEPTH;
  if (!isTop || node.encoded !== undefined) return encodeTree(node, path, sink);
  const place = sink.write(path);
  const references: (Reference | number)[] = [];
  for (let i = 0; i < 16; i++) {
    let child = node.children[i];
    if (typeof child === 'object' && !(child instanceof Uint8Array)) {
      child = refer(yield* encodeInSteps(child, path + DIGITS[i], sink));
      yield;
    }
    references.push(child);
  }
  return finish(encodeBranchRecord(node, references), path, sink, place);
}

function encodeBranchRecord(node: Branch, references: readonly (Reference | number)[]) {
  const record = encodeBranch(references, node.hashes, node.value, STORED_NODE_HEADER_BYTES);
  writeLeaves(record, node.leaves);
  return record;
}

function finish(
  record: Uint8Array,
  path: NodePath,
  sink: NodeSink,
  place: { record: Uint8Array | undefined },
): Uint8Array {
  const encoded = encodedNode(record);
  if (encoded.length >= 32 || path === '') place.record = record;
  else sink.drop(path);
  return encoded;
}

function reference(child: Child, path: NodePath, sink: NodeSink): Reference {
  return child instanceof Uint8Array ? child : refer(encodeTree(child, path, sink));
}

/** What the parent holds of an encoded node. */
export function refer(encoded: Uint8Array): Uint8Array {
  return encoded.length < 32 ? encoded : keccak256(encoded);
}

function rowAt(depth: number): (Reference | number)[] {
  while (rows.length <= depth) rows.push(new Array<Reference | number>(16).fill(undefined));
  return rows[depth];
}
