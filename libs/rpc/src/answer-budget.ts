/** Characters of answers that are made but not yet written, over all connections: slow readers hold them in memory. */
export class AnswerBudget {
  #held = 0;

  constructor(private readonly maxChars: number) {}

  /** False when there is no room for so many. */
  hold(chars: number): boolean {
    if (this.#held + chars > this.maxChars) return false;
    this.#held += chars;
    return true;
  }

  release(chars: number): void {
    this.#held -= chars;
  }
}
