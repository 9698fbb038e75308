export interface LoadTimer {
  /** Milliseconds. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** Gives out moments to send at, `rate` of them a second; without a rate at once. What comes late is not made up for. */
export class Pace {
  #next: number;

  constructor(
    private readonly rate: number | undefined,
    private readonly timer: LoadTimer,
  ) {
    this.#next = timer.now();
  }

  async turn(): Promise<void> {
    if (this.rate === undefined) return;
    const now = this.timer.now();
    const at = Math.max(this.#next, now - 1_000 / this.rate);
    this.#next = at + 1_000 / this.rate;
    if (at > now) await this.timer.sleep(at - now);
  }
}
