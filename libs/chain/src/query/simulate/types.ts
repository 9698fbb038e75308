import type { Address } from '@flotilla/common';
import type { Block, LogEntry } from '../../block/types.js';
import type { AccountOverride, BlockOverride, CallRequest } from '../types.js';

export interface SimulatedBlockRequest {
  readonly blockOverrides?: BlockOverride;
  readonly stateOverrides?: ReadonlyMap<Address, AccountOverride>;
  readonly calls: readonly CallRequest[];
}

export interface SimulationRequest {
  readonly blocks: readonly SimulatedBlockRequest[];
  /** Logs of moved coins, in the shape of ERC-20's. */
  readonly traceTransfers: boolean;
  /** All rules of transactions but the signature and EIP-3607; otherwise those of `eth_call`. */
  readonly validation: boolean;
}

export interface SimulatedCall {
  readonly status: 0 | 1;
  readonly output: Uint8Array;
  readonly gasUsed: bigint;
  /** Before refunds. */
  readonly maxUsedGas: bigint;
  readonly logs: readonly LogEntry[];
  /** Of a call that failed: reverted, or the reason why it halted. */
  readonly failure: { readonly isRevert: boolean; readonly message: string } | undefined;
}

export interface SimulatedBlock {
  /** The state root is zero: it isn't computed. */
  readonly block: Block;
  readonly calls: readonly SimulatedCall[];
}
