import { type BackOffOptions, backOffMs } from './back-off.js';

export interface RestartPolicyOptions {
  /** Deaths before the instance ever served that are restarted at once. */
  readonly freeEarlyDeaths: number;
  readonly earlyDeathBackOff: BackOffOptions;
  /** Deaths of instances that had served: this many at once, one more each `refillMs`. */
  readonly burst: number;
  readonly refillMs: number;
  /** Delay when the burst is used up. */
  readonly sustainedDelayMs: number;
}

export const DEFAULT_RESTART_POLICY: RestartPolicyOptions = {
  freeEarlyDeaths: 1,
  earlyDeathBackOff: { firstMs: 1_000, maxMs: 60_000 },
  burst: 40,
  refillMs: 10_000,
  sustainedDelayMs: 2_000,
};

export interface RestartDecision {
  readonly delayMs: number;
  readonly crashLoop: boolean;
}

interface Record {
  earlyDeaths: number;
  tokens: number;
  refilledAt: number;
}

/**
 * When to restart a dead instance. One that had served was killed or hit a rare fault: it comes
 * back at once. One that dies before it serves will most likely do so again: it backs off.
 */
export class RestartPolicy {
  readonly #records = new Map<string, Record>();

  constructor(readonly options: RestartPolicyOptions = DEFAULT_RESTART_POLICY) {}

  died(key: string, hadServed: boolean, nowMs: number): RestartDecision {
    const record = this.#record(key, nowMs);
    if (!hadServed) {
      record.earlyDeaths += 1;
      const late = record.earlyDeaths - this.options.freeEarlyDeaths;
      if (late <= 0) return { delayMs: 0, crashLoop: false };
      return { delayMs: backOffMs(late, this.options.earlyDeathBackOff), crashLoop: true };
    }
    record.earlyDeaths = 0;
    if (record.tokens >= 1) {
      record.tokens -= 1;
      return { delayMs: 0, crashLoop: false };
    }
    return { delayMs: this.options.sustainedDelayMs, crashLoop: true };
  }

  /** Whether its last process died before it served: the next one most likely does, too. */
  diesEarly(key: string): boolean {
    return (this.#records.get(key)?.earlyDeaths ?? 0) > 0;
  }

  served(key: string): void {
    const record = this.#records.get(key);
    if (record) record.earlyDeaths = 0;
  }

  forget(key: string): void {
    this.#records.delete(key);
  }

  #record(key: string, nowMs: number): Record {
    const { burst, refillMs } = this.options;
    const record = this.#records.get(key) ?? { earlyDeaths: 0, tokens: burst, refilledAt: nowMs };
    record.tokens = Math.min(burst, record.tokens + (nowMs - record.refilledAt) / refillMs);
    record.refilledAt = nowMs;
    this.#records.set(key, record);
    return record;
  }
}
