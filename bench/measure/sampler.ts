/** Takes a reading at regular intervals until it is stopped. */
export class Sampler {
  readonly samples: number[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(read: () => number, intervalMs: number) {
    this.#timer = setInterval(() => this.samples.push(read()), intervalMs);
  }

  stop(): readonly number[] {
    clearInterval(this.#timer);
    return this.samples;
  }
}
