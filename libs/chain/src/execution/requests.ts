import { type Address, bytesToHex, concatBytes, type Hash } from '@flotilla/common';
import type { BlockEnv, Evm, EvmState } from '@flotilla/evm';
import { sha256 } from '@noble/hashes/sha2.js';
import {
  CONSOLIDATION_REQUESTS_ADDRESS,
  WITHDRAWAL_REQUESTS_ADDRESS,
} from '../genesis/predeploys.js';

/** EIP-7685 request types of the system contracts. Type 0 (deposits) has no contract here. */
const SOURCES: readonly { type: number; address: Address }[] = [
  { type: 1, address: WITHDRAWAL_REQUESTS_ADDRESS },
  { type: 2, address: CONSOLIDATION_REQUESTS_ADDRESS },
];

/** Takes the block's requests from the system contracts (EIP-7002, EIP-7251) and commits to them (EIP-7685). */
export function processRequests(evm: Evm, env: BlockEnv, state: EvmState): Hash {
  const hashes: Uint8Array[] = [];
  for (const { type, address } of SOURCES) {
    const data = evm.systemCall(address, new Uint8Array(0), env, state);
    if (data.length > 0) hashes.push(sha256(concatBytes(Uint8Array.of(type), data)));
  }
  return bytesToHex(sha256(concatBytes(...hashes)));
}
