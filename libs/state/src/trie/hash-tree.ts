import { keccak256 } from '@flotilla/common';
import { encodeBranch, encodeExtension, encodeLeaf, type Reference } from './encode-node.js';
import { Branch, type Child, Leaf, type TrieNode } from './node.js';
import { DIGITS, extendPath, type NodePath } from './node-path.js';

/** Learns of every new node; `isEmbedded` ones live inside their parent. */
export type NodeSink = (path: NodePath, encoded: Uint8Array, isEmbedded: boolean) => void;

/** Encodes every new node from the leaves up. Returns the root's encoding. */
export function encodeTree(node: TrieNode, path: NodePath, sink: NodeSink): Uint8Array {
  if (node.encoded !== undefined) return node.encoded;
  if (node instanceof Leaf) return encodeLeaf(node.path, node.value);
  if (!(node instanceof Branch)) {
    const childPath = extendPath(path, node.path);
    return encodeExtension(node.path, reference(node.child, childPath, sink));
  }
  const references = new Array<Reference | number>(16).fill(undefined);
  for (let i = 0; i < 16; i++) {
    const child = node.children[i];
    if (child === undefined) continue;
    references[i] = typeof child === 'number' ? child : reference(child, path + DIGITS[i], sink);
  }
  return encodeBranch(references, node.hashes, node.value);
}

function reference(child: Child, path: NodePath, sink: NodeSink): Reference {
  if (child instanceof Uint8Array) return child;
  const encoded = encodeTree(child, path, sink);
  const isEmbedded = encoded.length < 32;
  if (child.encoded === undefined) sink(path, encoded, isEmbedded);
  return isEmbedded ? encoded : keccak256(encoded);
}
