import { equalBytes, type Hash, hexToBytes, keccak256 } from '@flotilla/common';
import { EMPTY_TRIE_ROOT } from '../account.js';
import { StateError, StateErrorCode } from '../errors.js';
import { decodeNode } from './decode-node.js';
import { followPath } from './follow-path.js';
import { bytesToNibbles } from './nibbles.js';
import type { Child, TrieNode } from './node.js';

function invalid(why: string, cause?: unknown): StateError {
  return new StateError(StateErrorCode.InvalidProof, `invalid Merkle proof: ${why}`, { cause });
}

/**
 * The value that the proof shows at the key, or undefined when it shows that there is none. Pure; needs nothing but
 * its arguments. Strict: nodes in order from the root, each used, each in its only valid encoding, so that no byte
 * of a proof can be changed, added or left out.
 * @param key as the trie has it: for accounts keccak(address), for slots keccak(slot), for lists RLP(index)
 * @throws StateError `INVALID_PROOF`
 */
export function verifyProof(
  root: Hash,
  key: Uint8Array,
  nodes: readonly Uint8Array[],
): Uint8Array | undefined {
  if (root === EMPTY_TRIE_ROOT) {
    if (nodes.length > 0) throw invalid('an empty trie has no nodes');
    return undefined;
  }
  let used = 0;
  const take = (reference: Child): TrieNode => {
    if (!(reference instanceof Uint8Array)) return reference;
    if (used === nodes.length) throw invalid('nodes are missing');
    const encoded = nodes[used];
    if (!equalBytes(keccak256(encoded), reference)) throw invalid(`node ${used} has another hash`);
    if (used > 0 && encoded.length < 32) throw invalid(`node ${used} belongs into its parent`);
    used++;
    try {
      return decodeNode(encoded);
    } catch (error) {
      throw invalid(`node ${used - 1} is malformed`, error);
    }
  };
  const value = followPath(hexToBytes(root), bytesToNibbles(key), take);
  if (used !== nodes.length) throw invalid('superfluous nodes');
  return value;
}
