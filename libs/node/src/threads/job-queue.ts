/** Something that waits for a thread. */
export interface Owned {
  /** Whose it is; those of one owner take turns with those of each other. */
  readonly owner: unknown;
}

/** Jobs of several owners: first come, first served within one of them, turn by turn between them. */
export class JobQueue<Job extends Owned> {
  /** The owner whose turn is next comes first. */
  readonly #byOwner = new Map<unknown, Job[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(job: Job): void {
    const own = this.#byOwner.get(job.owner);
    if (own === undefined) this.#byOwner.set(job.owner, [job]);
    else own.push(job);
    this.#size++;
  }

  /** How many of one owner wait. */
  sizeOf(owner: unknown): number {
    return this.#byOwner.get(owner)?.length ?? 0;
  }

  /** The next job of an owner that may have one. */
  shift(mayHave: (owner: unknown) => boolean = () => true): Job | undefined {
    for (const [owner, own] of this.#byOwner) {
      if (!mayHave(owner)) continue;
      const job = own.shift();
      this.#byOwner.delete(owner);
      if (own.length > 0) this.#byOwner.set(owner, own);
      this.#size--;
      return job;
    }
    return undefined;
  }

  /** How many wait of owners that may have one. */
  count(mayHave: (owner: unknown) => boolean): number {
    let count = 0;
    for (const [owner, own] of this.#byOwner) if (mayHave(owner)) count += own.length;
    return count;
  }

  /** The newest job of whoever has most, if that is more than `count`. */
  popLongest(count: number): Job | undefined {
    let longest: [unknown, Job[]] | undefined;
    for (const entry of this.#byOwner) {
      if (entry[1].length > (longest?.[1].length ?? count)) longest = entry;
    }
    if (longest === undefined) return undefined;
    const [owner, own] = longest;
    const job = own.pop();
    if (own.length === 0) this.#byOwner.delete(owner);
    this.#size--;
    return job;
  }

  /** All that wait, in their owners' order; the queue is empty afterwards. */
  clear(): Job[] {
    const all = [...this.#byOwner.values()].flat();
    this.#byOwner.clear();
    this.#size = 0;
    return all;
  }
}
