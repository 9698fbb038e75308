/** Requests of one chain, and chunks for its WebSockets, that begin at once in one turn of the event loop. */
const AT_ONCE = 8;
/** Begun per later turn over all chains; about a millisecond's work. */
const PER_TURN = 16;

/**
 * Keeps one chain's burst from filling a turn of the event loop: what comes on top takes turns with the other chains',
 * one each, over the turns to come.
 */
export class FairTurns {
  readonly #begun = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();
  #isScheduled = false;

  /** Undefined when it may begin now. */
  enter(chain: string): Promise<void> | undefined {
    this.#schedule();
    const begun = this.#begun.get(chain) ?? 0;
    const queue = this.#waiting.get(chain);
    if (begun < AT_ONCE && queue === undefined) {
      this.#begun.set(chain, begun + 1);
      return undefined;
    }
    return new Promise((resolve) => {
      if (queue === undefined) this.#waiting.set(chain, [resolve]);
      else queue.push(resolve);
    });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#begun.clear();
      this.#letIn();
      if (this.#waiting.size > 0) this.#schedule();
    });
  }

  #letIn(): void {
    for (let left = PER_TURN; left > 0; left--) {
      const first = this.#waiting.entries().next();
      if (first.done) return;
      const [chain, queue] = first.value;
      // To the end of the round, so that each chain has one turn before any has a second.
      this.#waiting.delete(chain);
      queue.shift()?.();
      if (queue.length > 0) this.#waiting.set(chain, queue);
    }
  }
}
