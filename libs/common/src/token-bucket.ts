/** So many units per second, saved up to so many. `null` as rate means that there is no limit. */
export class TokenBucket {
  #tokens: number;
  #refilledAt: number;

  /** @param now milliseconds, from any clock that the other methods are given, too */
  constructor(
    private rate: number | null,
    private capacity: number,
    now: number,
  ) {
    this.#tokens = capacity;
    this.#refilledAt = now;
  }

  /** Changes the limit in place; what is owed stays owed. */
  resize(rate: number | null, capacity: number, now: number): void {
    this.#refill(now);
    this.#tokens = this.rate === null ? capacity : Math.min(this.#tokens, capacity);
    this.rate = rate;
    this.capacity = capacity;
  }

  /** Takes one unit and returns 0, or takes nothing and returns the milliseconds until there is one. */
  take(now: number): number {
    if (this.rate === null) return 0;
    this.#refill(now);
    if (this.#tokens < 1) return this.#msUntil(1);
    this.#tokens--;
    return 0;
  }

  /** Takes as many of so many units as there are, and returns how many. */
  takeUpTo(amount: number, now: number): number {
    if (this.rate === null) return amount;
    this.#refill(now);
    const taken = Math.max(0, Math.min(amount, Math.floor(this.#tokens)));
    this.#tokens -= taken;
    return taken;
  }

  /** Milliseconds until there is a unit to take. */
  waitMs(now: number): number {
    if (this.rate === null) return 0;
    this.#refill(now);
    return this.#tokens >= 1 ? 0 : this.#msUntil(1);
  }

  /** Takes what was used already, also below zero. */
  debit(amount: number, now: number): void {
    if (this.rate === null) return;
    this.#refill(now);
    this.#tokens -= amount;
  }

  /** Milliseconds until nothing is owed any more. */
  debtMs(now: number): number {
    if (this.rate === null) return 0;
    this.#refill(now);
    return this.#tokens >= 0 ? 0 : this.#msUntil(0);
  }

  #msUntil(tokens: number): number {
    if (this.rate === 0) return Number.POSITIVE_INFINITY;
    return Math.ceil(((tokens - this.#tokens) * 1000) / (this.rate ?? 1));
  }

  #refill(now: number): void {
    const elapsed = now - this.#refilledAt;
    // A clock that was set back must neither take tokens away nor stop the refill until it has caught up.
    this.#refilledAt = now;
    if (elapsed <= 0) return;
    this.#tokens = Math.min(this.capacity, this.#tokens + (elapsed * (this.rate ?? 0)) / 1000);
  }
}
