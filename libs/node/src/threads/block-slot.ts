import { readFileSync } from 'node:fs';

/** 64-bit floats, and behind them a count of plans that threads can wait for. */
const [FROM, UNTIL, SINCE, USED_MS] = [0, 1, 2, 3];
const COUNT_AT = 32;
const BYTES = 40;

/** How often whoever gives way looks whether it still has to. */
const LOOK_MS = 10;
/** Who waited less for a processor has waited for nobody in particular. */
const GRACE_MS = 20;
/** At most so much of the time between two blocks is kept free for the next one. */
const LEAD_AT_MOST = 0.5;
/** What is left of the lead after a block that waited less. */
const LEAD_KEPT = 0.8;
/** A block that is later than this waits for something else. */
const LATE_AT_MOST_MS = 2_000;

/**
 * When the next block is due, known to every thread of the node. Where the writer had to wait for a processor, what
 * computes for clients gives way to the next block, the longer ahead the longer it waited: what a chain has had above
 * its share is what the kernel makes it wait for. But only while the chain as a whole has had what it is promised since
 * the last block: no chain gets less than its promise by that.
 */
export class BlockSlot {
  readonly #cells: Float64Array;
  readonly #count: Int32Array;
  readonly #readDelayMs: () => number;
  #leadMs = 0;
  /** At the last plan, by the system's count; undefined while no block is due at any time. */
  #delayMs: number | undefined;

  /** @param readDelayMs how long the writer has waited for a processor since it was started */
  constructor(
    readonly memory: SharedArrayBuffer = new SharedArrayBuffer(BYTES),
    readDelayMs = schedulingDelayMs,
  ) {
    this.#cells = new Float64Array(memory, 0, COUNT_AT / 8);
    this.#count = new Int32Array(memory, COUNT_AT, 1);
    this.#readDelayMs = readDelayMs;
  }

  /**
   * By the writer, whenever a block is made and when it plans anew.
   * @param dueAt of the next one, in Unix milliseconds like `now`; undefined: none is due at any time
   */
  next(dueAt: number | undefined, now: number): void {
    if (dueAt === undefined) {
      this.#leadMs = 0;
      this.#delayMs = undefined;
      this.#cells[FROM] = Number.POSITIVE_INFINITY;
    } else {
      this.#leadMs = this.#lead(dueAt - now);
      this.#cells[SINCE] = now;
      this.#cells[USED_MS] = usedMs();
      this.#cells[UNTIL] = dueAt + LATE_AT_MOST_MS;
      this.#cells[FROM] = this.#leadMs > GRACE_MS ? dueAt - this.#leadMs : Number.POSITIVE_INFINITY;
    }
    Atomics.add(this.#count, 0, 1);
    Atomics.notify(this.#count, 0);
  }

  #lead(leftMs: number): number {
    const delayMs = this.#readDelayMs();
    const waited = delayMs - (this.#delayMs ?? delayMs);
    this.#delayMs = delayMs;
    return Math.min(Math.max(waited, LEAD_KEPT * this.#leadMs), LEAD_AT_MOST * leftMs);
  }

  /** By a thread that computes: stands still while a block goes first. @param promisedMillis thousandths of a core */
  giveWay(promisedMillis: number, now: () => number, isOver: () => boolean): void {
    while (this.#goesFirst(promisedMillis, now()) && !isOver()) {
      Atomics.wait(this.#count, 0, Atomics.load(this.#count, 0), LOOK_MS);
    }
  }

  #goesFirst(promisedMillis: number, now: number): boolean {
    if (now < this.#cells[FROM] || now > this.#cells[UNTIL]) return false;
    const promisedMs = (promisedMillis * (now - this.#cells[SINCE])) / 1_000;
    return usedMs() - this.#cells[USED_MS] >= promisedMs;
  }
}

/** Of the processor, by all threads of this process. */
function usedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Of the process's first thread, which is the writer: ready to run, and kept waiting. 0 where the system doesn't tell. */
function schedulingDelayMs(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}
