import { CHAIN_REGISTRY_ADDRESS, CHECKPOINT_MANAGER_ADDRESS } from '@flotilla/anchoring';
import type { Address, Hex } from '@flotilla/common';
import { chainRegistryRuntimeCode } from './generated/chain-registry.js';
import { checkpointManagerRuntimeCode } from './generated/checkpoint-manager.js';

export interface GenesisContract {
  readonly balance: bigint;
  /** 1, as a contract that was created has (EIP-161). */
  readonly nonce: bigint;
  readonly code: Hex;
}

/** Our contracts for the embedded root's genesis, as `deployRoot` would have put them there. */
export function rootGenesisAlloc(): Record<Address, GenesisContract> {
  const contract = (code: Hex): GenesisContract => ({ balance: 0n, nonce: 1n, code });
  return {
    [CHAIN_REGISTRY_ADDRESS]: contract(chainRegistryRuntimeCode),
    [CHECKPOINT_MANAGER_ADDRESS]: contract(checkpointManagerRuntimeCode),
  };
}
