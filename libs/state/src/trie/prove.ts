import { bytesToHex, equalBytes, type Hash, hexToBytes, keccak256 } from '@flotilla/common';
import { EMPTY_TRIE_ROOT } from '../account.js';
import { StateError, StateErrorCode } from '../errors.js';
import { decodeNode } from './decode-node.js';
import { bytesToNibbles, sharedLength } from './nibbles.js';
import { Branch, type Child, Leaf } from './node.js';
import { DIGITS, extendPath, type NodeSource } from './node-path.js';

/**
 * The nodes from the root towards the key, as far as the trie goes that way: they prove the value or its absence.
 * Each is checked against the hash that it is known by, so that a damaged trie gives no proof.
 * @param key as the trie has it, for a secure trie its hash
 * @throws StateError `CORRUPT_STATE`
 */
export function proveKey(source: NodeSource, root: Hash, key: Uint8Array): Uint8Array[] {
  const nodes: Uint8Array[] = [];
  if (root === EMPTY_TRIE_ROOT) return nodes;
  const path = bytesToNibbles(key);
  let at = 0;
  let place = '';
  let child: Child | undefined = hexToBytes(root);
  while (child !== undefined) {
    let node: Child = child;
    if (node instanceof Uint8Array) {
      const encoded = source.read(place);
      if (encoded === undefined || !equalBytes(keccak256(encoded), node)) {
        const why = `the node at '${place}' does not have the hash ${bytesToHex(node)}`;
        throw new StateError(StateErrorCode.CorruptState, why);
      }
      nodes.push(encoded);
      node = decodeNode(encoded);
    }
    if (node instanceof Leaf) break;
    if (node instanceof Branch) {
      if (at === path.length) break;
      child = node.children[path[at]];
      place += DIGITS[path[at]];
      at++;
    } else {
      if (sharedLength(node.path, 0, path, at) < node.path.length) break;
      child = node.child;
      place = extendPath(place, node.path);
      at += node.path.length;
    }
  }
  return nodes;
}
