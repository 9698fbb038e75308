import { type Clock, TokenBucket } from '@flotilla/common';
import type { NodeLimits } from '@flotilla/messaging';
import { type ExceededLimit, RpcError, RpcErrorCode } from '@flotilla/rpc';
import type { LimitHits } from './limit-hits.js';

/** How many of what was asked for is let in, from the first on. */
export interface Grant {
  readonly granted: number;
  /** Why not the others. */
  readonly error?: unknown;
}

type IntakeLimits = Pick<NodeLimits, 'transactionsPerSecond' | 'gasPerSecond'>;

/** So many seconds' worth may come at once after a pause. */
const BURST_SECONDS = 5;

/**
 * The chain's rates of transactions and gas. Transactions are paid for when they come in; gas when it is mined, so that
 * a generous gas limit costs nothing, and until a debt is paid off nothing more comes in.
 */
export class IntakeMeter {
  readonly #clock: Clock;
  readonly #hits: LimitHits;
  readonly #transactions: TokenBucket;
  readonly #gas: TokenBucket;

  constructor(limits: IntakeLimits, modules: { readonly clock: Clock; readonly hits: LimitHits }) {
    const { transactionsPerSecond, gasPerSecond } = limits;
    this.#clock = modules.clock;
    this.#hits = modules.hits;
    const now = modules.clock.now();
    this.#transactions = new TokenBucket(transactionsPerSecond, burst(transactionsPerSecond), now);
    this.#gas = new TokenBucket(gasPerSecond, burst(gasPerSecond), now);
  }

  limit({ transactionsPerSecond, gasPerSecond }: IntakeLimits): void {
    const now = this.#clock.now();
    this.#transactions.resize(transactionsPerSecond, burst(transactionsPerSecond), now);
    this.#gas.resize(gasPerSecond, burst(gasPerSecond), now);
  }

  admit(count: number): Grant {
    const now = this.#clock.now();
    const debtMs = this.#gas.debtMs(now);
    if (debtMs > 0) return this.#refuse(0, count, { limit: 'gasPerSecond', retryAfterMs: debtMs });
    const granted = this.#transactions.takeUpTo(count, now);
    if (granted === count) return { granted };
    const retryAfterMs = this.#transactions.waitMs(now);
    return this.#refuse(granted, count, { limit: 'transactionsPerSecond', retryAfterMs });
  }

  mined(gasUsed: number): void {
    this.#gas.debit(gasUsed, this.#clock.now());
  }

  #refuse(granted: number, count: number, data: ExceededLimit): Grant {
    this.#hits.count(data.limit, count - granted);
    const message = `limit exceeded: ${data.limit}`;
    const error = new RpcError(RpcErrorCode.LimitExceeded, message, { data, retryable: true });
    return { granted, error };
  }
}

const burst = (rate: number | null) => (rate ?? 0) * BURST_SECONDS;
