import { TokenBucket } from '@flotilla/common';

/** Refusals that a chain's clients are told per second; so many at once without waiting. */
const PER_SECOND = 200;
/** They are told together: waking up for each of them would cost more than telling it. */
const TICK_MS = 25;

/**
 * When a chain's refusals are told. A client that is refused at once asks again at once: telling so many per second, and
 * reading nothing from the others meanwhile, makes a flood wait in its own sockets.
 */
export class RefusalPacer {
  readonly #bucket: TokenBucket;

  constructor(now: number) {
    this.#bucket = new TokenBucket(PER_SECOND, PER_SECOND, now);
  }

  /** Milliseconds until the next refusal's turn. */
  next(now: number): number {
    this.#bucket.debit(1, now);
    const waitMs = this.#bucket.debtMs(now);
    return waitMs === 0 ? 0 : Math.ceil((now + waitMs) / TICK_MS) * TICK_MS - now;
  }
}
