import type { TransactionJournal } from '@flotilla/chain';

/** A journal that outlives the chain that wrote it, as a file does: open the next chain on the same object. */
export class MemoryJournal implements TransactionJournal {
  #entries: Uint8Array[] = [];
  /** While set, `append` resolves only when it does: a disk that takes its time, or fails. */
  gate: Promise<void> | undefined;

  get size(): number {
    return this.#entries.length;
  }

  async append(raw: Uint8Array): Promise<void> {
    await this.gate;
    this.#entries.push(raw.slice());
  }

  replay(): Iterable<Uint8Array> {
    return [...this.#entries];
  }

  async prune(stillPending: Iterable<Uint8Array>): Promise<void> {
    this.#entries = Array.from(stillPending, (raw) => raw.slice());
  }
}
