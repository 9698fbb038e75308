import { keccak256 } from '@flotilla/common';
import { encodeBranch, encodeExtension, encodeLeaf, type Reference } from './encode-node.js';
import { Branch, type Child, Leaf, type TrieNode } from './node.js';
import { DIGITS, extendPath, type NodePath } from './node-path.js';
import { encodedNode, STORED_NODE_HEADER_BYTES, writeLeaves } from './stored-node.js';

/** What becomes of the new nodes of a tree. */
export interface NodeSink {
  /** A node is not stored at the path: it is a leaf, or so short that it lives inside its parent. */
  drop(path: NodePath): void;
  /** Parents come before their children; the record, but for its stamp, is filled in later. */
  write(path: NodePath): { record: Uint8Array | undefined };
}

/** For trees that are not stored. */
const NO_SINK: NodeSink = { drop: () => {}, write: () => ({ record: undefined }) };

/** Encodes every new node from the leaves up. Returns the root's encoding. */
export function encodeTree(node: TrieNode, path: NodePath, sink: NodeSink = NO_SINK): Uint8Array {
  if (node.encoded !== undefined) return node.encoded;
  if (node instanceof Leaf) {
    sink.drop(path);
    return encodeLeaf(node.path, node.value);
  }
  const place = sink.write(path);
  const record = encodeInner(node, path, sink);
  const encoded = encodedNode(record);
  if (encoded.length >= 32 || path === '') place.record = record;
  else sink.drop(path);
  return encoded;
}

function encodeInner(node: Exclude<TrieNode, Leaf>, path: NodePath, sink: NodeSink): Uint8Array {
  if (!(node instanceof Branch)) {
    const child = reference(node.child, extendPath(path, node.path), sink);
    return encodeExtension(node.path, child, STORED_NODE_HEADER_BYTES);
  }
  const references = new Array<Reference | number>(16).fill(undefined);
  for (let i = 0; i < 16; i++) {
    const child = node.children[i];
    if (child === undefined) continue;
    references[i] = typeof child === 'number' ? child : reference(child, path + DIGITS[i], sink);
  }
  const record = encodeBranch(references, node.hashes, node.value, STORED_NODE_HEADER_BYTES);
  writeLeaves(record, node.leaves);
  return record;
}

function reference(child: Child, path: NodePath, sink: NodeSink): Reference {
  if (child instanceof Uint8Array) return child;
  const encoded = encodeTree(child, path, sink);
  return encoded.length < 32 ? encoded : keccak256(encoded);
}
