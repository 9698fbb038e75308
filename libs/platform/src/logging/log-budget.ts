import { type Clock, TokenBucket } from '@flotilla/common';

/** Where lines go. */
interface Lines {
  write(line: string): unknown;
}

const SUMMARY_MS = 1_000;
const KB = 1024;
/** So many seconds' worth may come at once after a pause: a start or a stack trace is not cut short. */
const BURST_SECONDS = 10;

/**
 * Bounds what a process writes to its log. What is beyond the budget is counted, and once a second the log says how
 * much that was.
 */
export class LogBudget implements Lines {
  readonly #lines: Lines;
  readonly #clock: Clock;
  readonly #bucket: TokenBucket;
  #droppedLines = 0;
  #untold = { lines: 0, bytes: 0 };

  constructor(
    kbPerSecond: number | null,
    modules: { readonly lines: Lines; readonly clock: Clock },
  ) {
    this.#lines = modules.lines;
    this.#clock = modules.clock;
    this.#bucket = new TokenBucket(...rateOf(kbPerSecond), modules.clock.now());
  }

  /** Lines dropped since the start. */
  get droppedLines(): number {
    return this.#droppedLines;
  }

  limit(kbPerSecond: number | null): void {
    this.#bucket.resize(...rateOf(kbPerSecond), this.#clock.now());
  }

  write(line: string): void {
    const bytes = Buffer.byteLength(line);
    if (this.#bucket.debtMs(this.#clock.now()) === 0) {
      // The line that empties the bucket is written whole, so that no line is too long for any budget.
      this.#bucket.debit(bytes, this.#clock.now());
      this.#lines.write(line);
      return;
    }
    this.#droppedLines++;
    if (this.#untold.lines === 0) this.#clock.after(SUMMARY_MS, () => this.#tell());
    this.#untold.lines++;
    this.#untold.bytes += bytes;
  }

  #tell(): void {
    const { lines, bytes } = this.#untold;
    this.#untold = { lines: 0, bytes: 0 };
    const time = new Date(this.#clock.now()).toISOString();
    const entry = { level: 'warn', time, msg: 'log lines dropped: over the limit', lines, bytes };
    this.#lines.write(`${JSON.stringify(entry)}\n`);
  }
}

function rateOf(kbPerSecond: number | null): [rate: number | null, burst: number] {
  if (kbPerSecond === null) return [null, 0];
  return [kbPerSecond * KB, kbPerSecond * KB * BURST_SECONDS];
}
