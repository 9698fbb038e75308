import { type Hash, hexToBytes, ZERO_HASH } from '@flotilla/common';
import type { BlockEnv, Evm, EvmState } from '@flotilla/evm';
import type { HeaderFields } from '../block/types.js';
import { BEACON_ROOTS_ADDRESS, HISTORY_STORAGE_ADDRESS } from '../genesis/predeploys.js';
import { processRequests } from './requests.js';

/** What a block does before its transactions: EIP-4788 (no beacon block here: its root is zero) and EIP-2935. */
export function openBlock(evm: Evm, env: BlockEnv, state: EvmState, parentHash: Hash): void {
  evm.systemCall(BEACON_ROOTS_ADDRESS, hexToBytes(ZERO_HASH), env, state);
  if (evm.hardfork === 'cancun') return;
  evm.systemCall(HISTORY_STORAGE_ADDRESS, hexToBytes(parentHash), env, state);
}

/** What a block does after its transactions. */
export function closeBlock(evm: Evm, env: BlockEnv, state: EvmState): HeaderFields['requestsHash'] {
  return evm.hardfork === 'cancun' ? undefined : processRequests(evm, env, state);
}
