import type { Hash } from '@flotilla/common';
import type { Transaction } from '../transaction/types.js';

/** The transactions of the block that is written but not durable: out of the pool, and not to be seen as mined. */
export class Unsettled {
  #transactions: readonly Transaction[] = [];
  #byHash: Map<Hash, Transaction> | undefined;

  hold(transactions: readonly Transaction[]): void {
    this.#transactions = transactions;
    this.#byHash = undefined;
  }

  clear(): void {
    this.hold([]);
  }

  get size(): number {
    return this.#transactions.length;
  }

  get(hash: Hash): Transaction | undefined {
    if (this.#transactions.length === 0) return undefined;
    this.#byHash ??= new Map(this.#transactions.map((tx) => [tx.hash, tx]));
    return this.#byHash.get(hash);
  }
}
