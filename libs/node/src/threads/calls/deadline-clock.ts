import type { Clock } from '@flotilla/common';

/**
 * The time for one job after the other. Past a job's own deadline, or once nobody waits for its answer, it is later than
 * any other one: whatever stops at its time-out stops then.
 */
export class DeadlineClock implements Clock {
  /** Unix milliseconds; undefined for a job without one. */
  deadline: number | undefined;
  isAbandoned: () => boolean = () => false;

  constructor(private readonly clock: Clock) {}

  get isOver(): boolean {
    if (this.isAbandoned()) return true;
    return this.deadline !== undefined && this.clock.now() >= this.deadline;
  }

  now(): number {
    return this.isOver ? Number.MAX_SAFE_INTEGER : this.clock.now();
  }

  after(delayMs: number, run: () => void): () => void {
    return this.clock.after(delayMs, run);
  }
}
