import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Hex } from '@flotilla/common';
import type { Call } from '../load/sign.js';
import type { Aim, Flood, Outcome, Target } from './channel.js';
import { HttpStriker } from './http-strike.js';
import { signThrowaway } from './throwaway.js';

/** Batches of transactions that were signed before the window began. */
export class TransactionFlood implements Flood {
  readonly #striker: HttpStriker;
  #fresh: Hex[][] = [];
  /** What the sink gets: it has seen everything before. */
  #worn: Hex[][] = [];
  #signed = 0;

  constructor(
    private readonly target: Target,
    private readonly batchSize: number,
    private readonly call: (n: number) => Call,
  ) {
    this.#striker = new HttpStriker(target);
  }

  async load(strikes: number): Promise<void> {
    while (this.#fresh.length < strikes) {
      this.#fresh.push(Array.from({ length: this.batchSize }, () => this.#sign()));
      await nextTurn();
    }
    if (this.#worn.length === 0) this.#worn = this.#fresh.slice(0, strikes);
  }

  async strike(n: number, aim: Aim): Promise<readonly Outcome[]> {
    if (aim === 'sink') return this.#striker.transactions(aim, this.#worn[n % this.#worn.length]);
    const batch = this.#fresh.pop() ?? [this.#sign()];
    return this.#striker.transactions(aim, batch);
  }

  async close(): Promise<void> {
    this.#striker.close();
  }

  #sign(): Hex {
    const n = this.#signed++;
    return signThrowaway(n, this.call(n), this.target.chainId);
  }
}
