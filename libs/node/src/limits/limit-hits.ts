/** How often each limit was met since the node has started. */
export class LimitHits {
  readonly #counts = new Map<string, number>();

  count(limit: string, times = 1): void {
    this.#counts.set(limit, (this.#counts.get(limit) ?? 0) + times);
  }

  all(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}
