import type { Address } from '@flotilla/common';
import type { JournaledState, StateReader } from '@flotilla/state';
import type { BlockTemplate } from '../execution/template.js';
import type { AccountOverride, BlockOverride } from './types.js';

/** Replaces what a call sees of some accounts: geth's state overrides. */
export function applyStateOverrides(
  state: JournaledState,
  overrides: ReadonlyMap<Address, AccountOverride>,
): void {
  state.beginTransaction();
  for (const [address, override] of overrides) {
    if (override.balance !== undefined) state.setBalance(address, override.balance);
    if (override.nonce !== undefined) state.setNonce(address, override.nonce);
    if (override.code !== undefined) state.setCode(address, override.code);
    for (const [slot, value] of override.stateDiff ?? []) state.setStorage(address, slot, value);
    for (const [slot, value] of override.state ?? []) state.setStorage(address, slot, value);
  }
  state.endTransaction();
}

/** Below the overlay: accounts whose whole storage is overridden have none of their own. */
export function withoutStorage(
  base: StateReader,
  overrides: ReadonlyMap<Address, AccountOverride>,
): StateReader {
  return {
    account: (address) => base.account(address),
    code: (hash) => base.code(hash),
    slot: (address, slot) =>
      overrides.get(address)?.state === undefined ? base.slot(address, slot) : 0n,
  };
}

export type CallBlock = Omit<BlockTemplate, 'parentHash' | 'extraData'>;

/** Replaces what a call sees of its block: geth's block overrides. */
export function applyBlockOverrides(block: CallBlock, overrides: BlockOverride): CallBlock {
  return {
    number: overrides.number === undefined ? block.number : Number(overrides.number),
    timestamp: overrides.time === undefined ? block.timestamp : Number(overrides.time),
    gasLimit: overrides.gasLimit ?? block.gasLimit,
    coinbase: overrides.feeRecipient ?? block.coinbase,
    mixHash: overrides.prevRandao ?? block.mixHash,
    baseFeePerGas: overrides.baseFeePerGas ?? block.baseFeePerGas,
  };
}
