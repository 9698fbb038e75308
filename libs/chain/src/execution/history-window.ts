import type { Header } from '../block/types.js';
import type { HistoryConfig } from '../config.js';

export interface HistoryWindowModules {
  headerByNumber(number: number): Header | undefined;
  /** Number of the newest finalized block. */
  finalized(): number;
  /** The oldest block whose state is kept now. */
  oldestKept(): number;
}

/**
 * How far back states stay readable: the longest of so many blocks, so many seconds, and everything since the last
 * finalized block.
 */
export class HistoryWindow {
  readonly #options: Required<HistoryConfig>;
  readonly #modules: HistoryWindowModules;
  /** First block not older than the time window, as of the last call: it only moves forward. */
  #youngEnough: number;

  constructor(options: Required<HistoryConfig>, modules: HistoryWindowModules) {
    this.#options = options;
    this.#modules = modules;
    this.#youngEnough = modules.oldestKept();
  }

  /** The chain went back: what lay behind the head may lie before it. */
  reload(): void {
    this.#youngEnough = this.#modules.oldestKept();
  }

  /** The oldest block whose state must be kept when `head` is the newest. */
  keepFrom(head: Header): number {
    const byCount = head.number - this.#options.minBlocks;
    const limit = head.timestamp - this.#options.minSeconds;
    while (this.#youngEnough < byCount) {
      const header = this.#modules.headerByNumber(this.#youngEnough);
      if (header === undefined || header.timestamp >= limit) break;
      this.#youngEnough++;
    }
    return Math.max(0, Math.min(byCount, this.#youngEnough, this.#modules.finalized()));
  }
}
