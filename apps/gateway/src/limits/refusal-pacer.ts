import { TokenBucket } from '@flotilla/common';

/** Refusals per second that a chain's clients are told without waiting. */
const PER_SECOND = 500;

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
    return this.#bucket.debtMs(now);
  }
}
