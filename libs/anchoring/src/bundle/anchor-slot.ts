import { bigIntToBytes, bytesToBigInt, concatBytes, keccak256 } from '@flotilla/common';
import { ANCHORS_MAPPING_SLOT } from '../generated/root-addresses.js';

const word = (value: number) => bigIntToBytes(BigInt(value), 32);

/** Where `CheckpointManager` stores an anchor: `_anchors[chainId][index]` in Solidity's layout. */
export function anchorSlot(chainId: number, index: number): bigint {
  const ofChain = keccak256(concatBytes(word(chainId), word(ANCHORS_MAPPING_SLOT)));
  return bytesToBigInt(keccak256(concatBytes(word(index), ofChain)));
}
