/** One 64-bit float. */
const BYTES = 8;

/** When the chain was last used, known to every thread of its node. */
export class Activity {
  readonly #cell: Float64Array;

  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(BYTES)) {
    this.#cell = new Float64Array(memory);
  }

  /** @param nowMs milliseconds since the Unix epoch */
  touch(nowMs: number): void {
    this.#cell[0] = nowMs;
  }

  /** Milliseconds since the last touch. */
  idleMs(nowMs: number): number {
    return Math.max(0, Math.round(nowMs - this.#cell[0]));
  }
}
