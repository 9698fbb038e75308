interface Waiting {
  readonly count: number;
  go(): void;
}

/** Holds senders back while too many transactions are sent and not mined yet. First come, first served. */
export class InFlightWindow {
  readonly #waiting: Waiting[] = [];
  #inFlight = 0;
  #isClosed = false;

  /** @param limit transactions; at least as many as come at once */
  constructor(private readonly limit: number) {}

  /** Resolves when there is room for so many, and counts them as sent. */
  admit(count: number): Promise<void> {
    return new Promise((go) => {
      this.#waiting.push({ count, go });
      this.#proceed();
    });
  }

  /** So many are not in flight any more: they were mined, or refused. */
  release(count: number): void {
    this.#inFlight -= count;
    this.#proceed();
  }

  /** Lets everybody go: nothing is sent any more. */
  close(): void {
    this.#isClosed = true;
    this.#proceed();
  }

  #proceed(): void {
    for (let [next] = this.#waiting; next !== undefined; [next] = this.#waiting) {
      if (!this.#isClosed && this.#inFlight + next.count > this.limit) return;
      this.#waiting.shift();
      this.#inFlight += next.count;
      next.go();
    }
  }
}
