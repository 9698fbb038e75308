import type { Clock } from '@flotilla/common';

/**
 * The time for one job after the other. Past a job's own deadline, or once nobody waits for its answer, it is later than
 * any other one: whatever stops at its time-out stops then.
 */
export class DeadlineClock implements Clock {
  /** Unix milliseconds; undefined for a job without one. */
  deadline: number | undefined;
  isAbandoned: () => boolean = () => false;
  #longAt = Number.POSITIVE_INFINITY;
  #onLong = () => {};

  constructor(private readonly clock: Clock) {}

  /** Calls back once when something looks at the clock that late; whoever computes does so often. */
  whenLonger(ms: number, onLong: () => void): void {
    this.#longAt = this.clock.now() + ms;
    this.#onLong = onLong;
  }

  get isOver(): boolean {
    if (this.isAbandoned()) return true;
    return this.deadline !== undefined && this.clock.now() >= this.deadline;
  }

  now(): number {
    if (this.isOver) return Number.MAX_SAFE_INTEGER;
    const now = this.clock.now();
    if (now >= this.#longAt) {
      this.#longAt = Number.POSITIVE_INFINITY;
      this.#onLong();
    }
    return now;
  }

  after(delayMs: number, run: () => void): () => void {
    return this.clock.after(delayMs, run);
  }
}
