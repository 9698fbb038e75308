import { TokenBucket } from '@flotilla/common';
import { RpcError, RpcErrorCode } from './errors.js';

/** Computing that a request took, in all threads. */
export interface Cost {
  micros: number;
}

/** What one HTTP or WebSocket exchange takes besides what is measured. */
export const EXCHANGE_MICROS = 20;

const MICROS_PER_MS = 1_000;

/** Adds the time that `run` takes until it returns; what a promise takes after that is measured where it is made. */
export function measured<T>(cost: Cost | undefined, run: () => T): T {
  if (cost === undefined) return run();
  const begunAt = performance.now();
  try {
    return run();
  } finally {
    cost.micros += (performance.now() - begunAt) * MICROS_PER_MS;
  }
}

/** Computing time that WebSockets without a gateway may take; all else is counted at the edge, by the same figures. */
export class ComputeBudget {
  readonly #bucket = new TokenBucket(null, 0, Date.now());

  /** Milliseconds per second and saved up; null is no limit. */
  limit(msPerSecond: number | null, burstMs: number | null): void {
    this.#bucket.resize(msPerSecond, burstMs ?? msPerSecond ?? 0, Date.now());
  }

  debit({ micros }: Cost): void {
    this.#bucket.debit(micros / MICROS_PER_MS, Date.now());
  }

  /** @throws RpcError `LIMIT_EXCEEDED` while more was taken than there is */
  check(): void {
    const retryAfterMs = this.#bucket.debtMs(Date.now());
    if (retryAfterMs === 0) return;
    throw new RpcError(RpcErrorCode.LimitExceeded, 'limit exceeded: computeMsPerSecond', {
      retryable: true,
      data: { limit: 'computeMsPerSecond', retryAfterMs },
    });
  }
}
