import { bytesToHex, concatBytes, type Hash, hexToBytes, keccak256 } from '@flotilla/common';
import { AnchoringError, AnchoringErrorCode } from './errors.js';

// Different first bytes, so that no inner node can pass for a leaf (second preimage).
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

function largestPowerOfTwoBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

function subtree(leaves: readonly Uint8Array[], from: number, to: number): Uint8Array {
  if (to - from === 1) return leaves[from];
  const middle = from + largestPowerOfTwoBelow(to - from);
  return keccak256(concatBytes(NODE, subtree(leaves, from, middle), subtree(leaves, middle, to)));
}

/**
 * Binary Merkle root of a range's block hashes, in ascending order of the blocks.
 * The tree is that of RFC 6962, with Keccak-256: leaf = H(0x00 ‖ hash), node = H(0x01 ‖ left ‖ right);
 * the left subtree of n leaves holds the largest power of two below n, and nothing is ever duplicated.
 * @throws AnchoringError `INVALID_BLOCK_RANGE` for an empty range
 */
export function blocksRoot(hashes: readonly Hash[]): Hash {
  if (hashes.length === 0) {
    throw new AnchoringError(AnchoringErrorCode.InvalidBlockRange, 'no blocks to commit to');
  }
  const leaves = hashes.map((hash) => keccak256(concatBytes(LEAF, hexToBytes(hash))));
  return bytesToHex(subtree(leaves, 0, leaves.length));
}
