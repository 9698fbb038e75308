import { effectiveTip } from '../fees/effective-price.js';
import type { Transaction } from '../transaction/types.js';
import type { PoolEntry, SenderQueue } from './sender-queue.js';

interface Candidate {
  readonly queue: SenderQueue;
  readonly entry: PoolEntry;
  /** Wei per gas. */
  readonly tip: bigint;
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
    for (const queue of queues) this.#push(queue, queue.nextNonce);
  }

  /** The pool may have changed since the last call: what was replaced or taken out meanwhile is passed over. */
  peek(): Transaction | undefined {
    for (;;) {
      const best = this.#heap[0];
      if (best === undefined) return undefined;
      const { queue, entry } = best;
      if (queue.at(entry.tx.nonce) === entry) return entry.tx;
      this.skipSender();
      this.#push(queue, entry.tx.nonce);
    }
  }

  /** Goes on to the sender's next transaction. */
  next(): void {
    const { queue, entry } = this.#heap[0];
    this.skipSender();
    this.#push(queue, entry.tx.nonce + 1n);
  }

  /** Leaves this sender's transactions for a later block. */
  skipSender(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #push(queue: SenderQueue, nonce: bigint): void {
    if (!queue.isPending(nonce)) return;
    const entry = queue.at(nonce)!;
    const tip = effectiveTip(entry.tx, this.#baseFee);
    if (tip < 0n) return;
    const heap = this.#heap;
    let at = heap.length;
    heap.push({ queue, entry, tip });
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!precedes(heap[at], heap[parent])) return;
      [heap[at], heap[parent]] = [heap[parent], heap[at]];
      at = parent;
    }
  }

  #sink(): void {
    const heap = this.#heap;
    for (let at = 0; ; ) {
      let best = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && precedes(heap[child], heap[best])) best = child;
      }
      if (best === at) return;
      [heap[at], heap[best]] = [heap[best], heap[at]];
      at = best;
    }
  }
}
