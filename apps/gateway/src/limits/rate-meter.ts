import { TokenBucket } from '@flotilla/common';
import type { EdgeLimits } from '@flotilla/messaging';

/** Which limit was met: what clients read in `error.data.limit`. */
export type LimitName =
  | 'requestsPerSecond'
  | 'bytesPerSecond'
  | 'computeMsPerSecond'
  | 'bodyBytes'
  | 'connections'
  | 'inFlight'
  | 'held'
  | 'wakes';

export interface Excess {
  readonly limit: LimitName;
  /** After how many milliseconds it is worth trying again. */
  readonly retryAfterMs: number;
}

/** Seconds of bytes that may be saved up. */
const BYTES_BURST_SECONDS = 2;
const MICROS_PER_MS = 1_000;

type Figures = readonly [rate: number | null, burst: number];

/** The rates of one chain, or the share of them that one client has. */
export class RateMeter {
  readonly #requests: TokenBucket;
  readonly #bytes: TokenBucket;
  readonly #compute: TokenBucket;

  /** @param share the part of each rate that counts here, 0 to 1 */
  constructor(limits: EdgeLimits, share: number, now: number) {
    const { requests, bytes, compute } = figures(limits, share);
    this.#requests = new TokenBucket(...requests, now);
    this.#bytes = new TokenBucket(...bytes, now);
    this.#compute = new TokenBucket(...compute, now);
  }

  resize(limits: EdgeLimits, share: number, now: number): void {
    const { requests, bytes, compute } = figures(limits, share);
    this.#requests.resize(...requests, now);
    this.#bytes.resize(...bytes, now);
    this.#compute.resize(...compute, now);
  }

  /** Counts one request or message, unless something is used up. */
  take(now: number): Excess | undefined {
    const compute = this.#compute.debtMs(now);
    if (compute > 0) return { limit: 'computeMsPerSecond', retryAfterMs: compute };
    const bytes = this.#bytes.debtMs(now);
    if (bytes > 0) return { limit: 'bytesPerSecond', retryAfterMs: bytes };
    const requests = this.#requests.take(now);
    return requests > 0 ? { limit: 'requestsPerSecond', retryAfterMs: requests } : undefined;
  }

  debitBytes(bytes: number, now: number): void {
    this.#bytes.debit(bytes, now);
  }

  debitMessages(messages: number, now: number): void {
    this.#requests.debit(messages, now);
  }

  debitCompute(micros: number, now: number): void {
    this.#compute.debit(micros / MICROS_PER_MS, now);
  }

  /** What a connection that can't be refused single messages has overdrawn. */
  excess(now: number): Excess | undefined {
    const owed = (limit: LimitName, retryAfterMs: number): Excess => ({ limit, retryAfterMs });
    const debts = [
      owed('computeMsPerSecond', this.#compute.debtMs(now)),
      owed('bytesPerSecond', this.#bytes.debtMs(now)),
      owed('requestsPerSecond', this.#requests.debtMs(now)),
    ];
    const worst = debts.reduce((a, b) => (b.retryAfterMs > a.retryAfterMs ? b : a));
    return worst.retryAfterMs > 0 ? worst : undefined;
  }
}

function figures(
  limits: EdgeLimits,
  share: number,
): Record<'requests' | 'bytes' | 'compute', Figures> {
  const { requestsPerSecond, requestBurst, bytesPerSecond, computeMsPerSecond, computeBurstMs } =
    limits;
  const of = (rate: number | null, burst: number | null): Figures => [
    rate === null ? null : rate * share,
    (burst ?? rate ?? 0) * share,
  ];
  return {
    // Less than one would let nothing pass, ever.
    requests: atLeastOne(of(requestsPerSecond, requestBurst)),
    bytes: of(bytesPerSecond, (bytesPerSecond ?? 0) * BYTES_BURST_SECONDS),
    compute: of(computeMsPerSecond, computeBurstMs),
  };
}

const atLeastOne = ([rate, burst]: Figures): Figures => [rate, Math.max(burst, 1)];
