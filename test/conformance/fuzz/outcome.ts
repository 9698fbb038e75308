import type { Hash } from '@flotilla/common';
import type { EvmTransaction } from '@flotilla/evm';

/** What two machines must agree on after a transaction. */
export interface FuzzOutcome {
  /** True when the transaction was refused as invalid; the rest is then absent. */
  readonly isRefused: boolean;
  readonly succeeded?: boolean;
  readonly gasUsed?: bigint;
  readonly logs?: readonly string[];
  readonly stateRoot: Hash;
  /** For the report of a difference only. */
  readonly note?: string;
}

/** Runs transactions one after the other on a scenario's accounts. */
export interface Subject {
  run(tx: EvmTransaction): Promise<FuzzOutcome>;
}
