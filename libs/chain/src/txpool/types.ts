import type { Address } from '@flotilla/common';
import type { Transaction } from '../transaction/types.js';

export interface PoolStatus {
  /** Executable transactions. */
  readonly pending: number;
  /** Transactions behind a nonce gap. */
  readonly queued: number;
}

export interface PoolContent {
  readonly pending: ReadonlyMap<Address, readonly Transaction[]>;
  readonly queued: ReadonlyMap<Address, readonly Transaction[]>;
}
