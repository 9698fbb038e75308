import { type Address, EMPTY_BYTES, type Hex, hexToBytes, ZERO_HASH } from '@flotilla/common';
import { type JournaledState, WorldState } from '@flotilla/state';
import { MemoryStore } from '@flotilla/testing';
import type { BlockEnv, EvmTransaction } from '../types.js';

export const SENDER: Address = `0x${'a1'.repeat(20)}`;
export const CONTRACT: Address = `0x${'c0'.repeat(20)}`;
export const OTHER: Address = `0x${'d0'.repeat(20)}`;
export const COINBASE: Address = `0x${'cb'.repeat(20)}`;

export const BLOCK: BlockEnv = {
  number: 1_000n,
  timestamp: 1_700_000_000n,
  coinbase: COINBASE,
  gasLimit: 100_000_000n,
  baseFee: 7n,
  prevRandao: ZERO_HASH,
  blobBaseFee: 1n,
  chainId: 1_337n,
  blockHash: () => undefined,
};

/** An empty state in which the sender owns 10^21 wei and the given accounts have the given code. */
export function stateWith(codes: Record<Address, Hex> = {}): JournaledState {
  const state = new WorldState({}, { store: new MemoryStore() }).begin();
  state.setBalance(SENDER, 10n ** 21n);
  for (const [address, code] of Object.entries(codes)) {
    state.setCode(address as Address, hexToBytes(code));
  }
  return state;
}

/** A call of `CONTRACT` by `SENDER`, with a tip of 1 wei per gas. */
export function transaction(changes: Partial<EvmTransaction> = {}): EvmTransaction {
  return {
    type: 2,
    from: SENDER,
    to: CONTRACT,
    nonce: 0n,
    gasLimit: 1_000_000n,
    maxFeePerGas: 10n,
    maxPriorityFeePerGas: 1n,
    value: 0n,
    data: EMPTY_BYTES,
    ...changes,
  };
}
