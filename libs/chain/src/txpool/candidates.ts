import { effectiveTip } from '../fees/effective-price.js';
import type { Transaction } from '../transaction/types.js';
import type { PoolEntry, SenderQueue } from './sender-queue.js';

/** A sender's next transaction. */
interface Candidate {
  readonly queue: SenderQueue;
  /** In its queue. */
  position: number;
  entry: PoolEntry;
  /** Wei per gas. */
  tip: bigint;
}

function precedes(a: Candidate, b: Candidate): boolean {
  return a.tip === b.tip ? a.entry.arrival < b.entry.arrival : a.tip > b.tip;
}

/**
 * The executable transactions in the order in which a block takes them: best effective tip first, then first come,
 * each sender's in nonce order. A binary heap with one entry per sender.
 */
export class Candidates {
  readonly #baseFee: bigint;
  readonly #heap: Candidate[] = [];

  constructor(queues: Iterable<SenderQueue>, baseFee: bigint) {
    this.#baseFee = baseFee;
    for (const queue of queues) this.#enter(queue);
  }

  /** The pool may have changed since the last call: what was replaced or taken out meanwhile is passed over. */
  peek(): Transaction | undefined {
    for (;;) {
      const best = this.#heap[0];
      if (best === undefined) return undefined;
      if (best.queue.pendingAt(best.position) === best.entry) return best.entry.tx;
      this.#follow(best, best.position);
    }
  }

  /** Goes on to the sender's next transaction. */
  next(): void {
    const best = this.#heap[0];
    this.#follow(best, best.position + 1);
  }

  /** Leaves this sender's transactions for a later block. */
  skipSender(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  /** The best candidate's sender goes on with the transaction at the position, if a block would take it. */
  #follow(best: Candidate, position: number): void {
    const entry = best.queue.pendingAt(position);
    const tip = entry === undefined ? -1n : effectiveTip(entry.tx, this.#baseFee);
    if (entry === undefined || tip < 0n) {
      this.skipSender();
      return;
    }
    best.position = position;
    best.entry = entry;
    best.tip = tip;
    this.#sink();
  }

  #enter(queue: SenderQueue): void {
    const entry = queue.pendingAt(0);
    if (entry === undefined) return;
    const tip = effectiveTip(entry.tx, this.#baseFee);
    if (tip < 0n) return;
    const heap = this.#heap;
    let at = heap.length;
    heap.push({ queue, position: 0, entry, tip });
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!precedes(heap[at], heap[parent])) return;
      [heap[at], heap[parent]] = [heap[parent], heap[at]];
      at = parent;
    }
  }

  /** Puts the first where it belongs. */
  #sink(): void {
    const heap = this.#heap;
    for (let at = 0; ; ) {
      let best = at;
      const left = 2 * at + 1;
      if (left < heap.length && precedes(heap[left], heap[best])) best = left;
      if (left + 1 < heap.length && precedes(heap[left + 1], heap[best])) best = left + 1;
      if (best === at) return;
      const lower = heap[at];
      heap[at] = heap[best];
      heap[best] = lower;
      at = best;
    }
  }
}
