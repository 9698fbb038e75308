import { type Clock, type Logger, TokenBucket } from '@flotilla/common';
import { chainLimits } from '@flotilla/orchestration';
import type { ChainDirectory } from '../chains/chain-directory.js';

export interface MessageBudgetModules {
  readonly directory: Pick<ChainDirectory, 'peek'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Meter {
  readonly bucket: TokenBucket;
  rate: number | null;
  dropped: number;
}

/** So many seconds' worth may come at once. */
const BURST_SECONDS = 5;
const REPORT_MS = 10_000;

/**
 * How many messages of each chain the control plane takes. NATS itself bounds connections, subscriptions and sizes, but
 * no rates; what is beyond them is dropped unread, and as everything that matters is repeated, nothing is lost.
 */
export class MessageBudget {
  readonly #modules: MessageBudgetModules;
  readonly #meters = new Map<string, Meter>();

  constructor(modules: MessageBudgetModules) {
    this.#modules = modules;
  }

  /** Whether one more message of the chain is taken. Of names that are no chain's (the root), always. */
  takes(name: string): boolean {
    const { directory, clock } = this.#modules;
    const chain = directory.peek(name);
    if (chain === undefined) {
      this.#meters.delete(name);
      return true;
    }
    const rate = chainLimits(chain).nats.messagesPerSecond;
    const meter = this.#meter(name, rate);
    if (meter.bucket.take(clock.now()) === 0) return true;
    this.#drop(name, meter);
    return false;
  }

  #meter(name: string, rate: number | null): Meter {
    const now = this.#modules.clock.now();
    const burst = (rate ?? 0) * BURST_SECONDS;
    let meter = this.#meters.get(name);
    if (meter === undefined) {
      meter = { bucket: new TokenBucket(rate, burst, now), rate, dropped: 0 };
      this.#meters.set(name, meter);
    } else if (meter.rate !== rate) {
      meter.bucket.resize(rate, burst, now);
      meter.rate = rate;
    }
    return meter;
  }

  #drop(name: string, meter: Meter): void {
    const { clock, logger } = this.#modules;
    if (meter.dropped++ > 0) return;
    clock.after(REPORT_MS, () => {
      const { dropped } = meter;
      meter.dropped = 0;
      logger.warn('messages dropped: over the limit', { chain: name, dropped });
    });
  }
}
