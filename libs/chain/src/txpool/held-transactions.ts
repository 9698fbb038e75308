import type { Hash } from '@flotilla/common';
import type { Transaction } from '../transaction/types.js';

/** Swept for what was overtaken once there are so many more than after the last sweep. */
const SWEEP_STEP = 1024;

/**
 * What a follower has promised to keep for its producer: journaled, in no pool, until it is in a block or the follower
 * becomes the producer. As long as the journal at most, which refuses what is too much.
 */
export class HeldTransactions {
  readonly #byHash = new Map<Hash, Transaction>();
  #sweepAt = SWEEP_STEP;

  /** @param isOvertaken whether a transaction can't be mined any more */
  constructor(private readonly isOvertaken: (tx: Transaction) => boolean) {}

  get size(): number {
    return this.#byHash.size;
  }

  all(): Iterable<Transaction> {
    return this.#byHash.values();
  }

  add(transactions: Iterable<Transaction>): void {
    for (const tx of transactions) this.#byHash.set(tx.hash, tx);
  }

  mined(transactions: readonly Transaction[]): void {
    if (this.#byHash.size === 0) return;
    for (const { hash } of transactions) this.#byHash.delete(hash);
    if (this.#byHash.size < this.#sweepAt) return;
    for (const tx of this.#byHash.values()) {
      if (this.isOvertaken(tx)) this.#byHash.delete(tx.hash);
    }
    this.#sweepAt = this.#byHash.size + SWEEP_STEP;
  }

  /** Gives all of them away. */
  take(): Transaction[] {
    const all = [...this.#byHash.values()];
    this.#byHash.clear();
    return all;
  }
}
