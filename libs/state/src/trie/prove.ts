import { bytesToHex, equalBytes, type Hash, hexToBytes, keccak256 } from '@flotilla/common';
import { EMPTY_TRIE_ROOT } from '../account.js';
import { StateError, StateErrorCode } from '../errors.js';
import { decodeNode } from './decode-node.js';
import { followPath } from './follow-path.js';
import { bytesToNibbles } from './nibbles.js';
import type { NodePath, NodeSource } from './node-path.js';

/**
 * The nodes from the root towards the key, as far as the trie goes that way: they prove the value or its absence.
 * Each is checked against the hash that it is known by, so that a damaged trie gives no proof.
 * @param key as the trie has it, for a secure trie its hash
 * @throws StateError `CORRUPT_STATE`
 */
export function proveKey(source: NodeSource, root: Hash, key: Uint8Array): Uint8Array[] {
  const nodes: Uint8Array[] = [];
  if (root === EMPTY_TRIE_ROOT) return nodes;
  followPath(hexToBytes(root), bytesToNibbles(key), (child, place) => {
    if (!(child instanceof Uint8Array)) return child;
    const encoded = readNode(source, place, child);
    nodes.push(encoded);
    return decodeNode(encoded);
  });
  return nodes;
}

/**
 * The node at the place, which must have the hash.
 * @throws StateError `CORRUPT_STATE`
 */
export function readNode(source: NodeSource, place: NodePath, hash: Uint8Array): Uint8Array {
  const encoded = source.read(place);
  if (encoded !== undefined && equalBytes(keccak256(encoded), hash)) return encoded;
  const why = `the trie node at '${place}' does not have the hash ${bytesToHex(hash)}`;
  throw new StateError(StateErrorCode.CorruptState, why);
}
