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
/** What is left of the lead after a second, or a block, in which the writer waited less. */
const LEAD_KEPT = 0.8;
const SECOND_MS = 1_000;
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
  /** The writer's last plan, and what it had waited by then; undefined while no block is due at any time. */
  #plan: { readonly at: number; readonly dueAt: number; readonly delayMs: number } | undefined;
  #restedMs = 0;
  #isClosed = false;

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
    if (this.#isClosed || dueAt === this.#plan?.dueAt) return;
    if (dueAt === undefined) {
      this.#leadMs = 0;
      this.#plan = undefined;
      this.#cells[FROM] = Number.POSITIVE_INFINITY;
    } else {
      this.#leadMs = this.#lead(dueAt, now);
      this.#cells[SINCE] = now;
      this.#cells[USED_MS] = usedMs();
      this.#cells[UNTIL] = dueAt + LATE_AT_MOST_MS;
      this.#cells[FROM] = this.#leadMs > GRACE_MS ? dueAt - this.#leadMs : Number.POSITIVE_INFINITY;
    }
    Atomics.add(this.#count, 0, 1);
    Atomics.notify(this.#count, 0);
  }

  #lead(dueAt: number, now: number): number {
    const before = this.#plan;
    const delayMs = this.#readDelayMs();
    this.#plan = { at: now, dueAt, delayMs };
    if (before === undefined) return 0;
    // What was long ago says nothing of now, where blocks are far apart.
    const seconds = Math.max(1, (now - before.at) / SECOND_MS);
    const waited = (delayMs - before.delayMs) / seconds;
    const kept = this.#leadMs * LEAD_KEPT ** seconds;
    return Math.min(Math.max(waited, kept), LEAD_AT_MOST * (dueAt - now));
  }

  /** By the writer, when it stops: nobody gives way any more. */
  close(): void {
    this.next(undefined, 0);
    this.#isClosed = true;
  }

  /** By a thread that computes: stands still while a block goes first. @param promisedMillis thousandths of a core */
  giveWay(promisedMillis: number, now: () => number, isOver: () => boolean): void {
    const from = now();
    let at = from;
    for (; this.#goesFirst(promisedMillis, at) && !isOver(); at = now()) {
      Atomics.wait(this.#count, 0, Atomics.load(this.#count, 0), LOOK_MS);
    }
    this.#restedMs += at - from;
  }

  /** Milliseconds that the thread which asks has stood still since it asked last. */
  takeRestedMs(): number {
    const rested = this.#restedMs;
    this.#restedMs = 0;
    return rested;
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
