import type { Clock } from '@flotilla/common';

/** Lets long work give the event loop a turn each time a slice of so many milliseconds is used up. */
export class Slices {
  readonly #clock: Clock;
  readonly #sliceMs: number;
  #end: number;

  constructor(sliceMs: number, clock: Clock) {
    this.#clock = clock;
    this.#sliceMs = sliceMs;
    this.#end = clock.now() + sliceMs;
  }

  /** Undefined, and nothing to wait for, while the slice lasts. */
  turn(now: number = this.#clock.now()): Promise<void> | undefined {
    if (now < this.#end) return undefined;
    return new Promise((resume) => {
      this.#clock.after(0, () => {
        this.#end = this.#clock.now() + this.#sliceMs;
        resume();
      });
    });
  }
}
