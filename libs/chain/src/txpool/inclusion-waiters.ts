import type { Clock, Hash } from '@flotilla/common';
import type { ChainError } from '../errors.js';

interface Waiter {
  resolve(): void;
  reject(error: ChainError): void;
}

/** Longest that a send waits for its block before it answers with the hash alone. */
const TIMEOUT_MS = 10_000;

/** Senders that want their transaction's block before the answer. */
export class InclusionWaiters {
  readonly #clock: Clock;
  readonly #waiters = new Map<Hash, Waiter>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#waiters.size;
  }

  wait(hash: Hash): Promise<void> {
    const included = new Promise<void>((resolve, reject) => {
      const cancel = this.#clock.after(TIMEOUT_MS, () => this.resolve(hash));
      this.#waiters.set(hash, {
        resolve: () => {
          cancel();
          resolve();
        },
        reject: (error) => {
          cancel();
          reject(error);
        },
      });
    });
    // It may be rejected before the journal has answered, when nobody listens yet.
    included.catch(() => {});
    return included;
  }

  resolve(hash: Hash): void {
    this.#take(hash)?.resolve();
  }

  reject(hash: Hash, error: ChainError): void {
    this.#take(hash)?.reject(error);
  }

  #take(hash: Hash): Waiter | undefined {
    const waiter = this.#waiters.get(hash);
    this.#waiters.delete(hash);
    return waiter;
  }
}
