/** Times are counted by powers of √2 microseconds, up to some minutes. */
const BUCKETS = 56;
const PER_DOUBLING = 2;
const WAITING = 0;
const FIRST_BUCKET = 1;
/** What fewer answers say of a percentile is chance. */
const MIN_ANSWERS = 20;

export interface ServingLoad {
  /** Calls that wait for a thread. */
  readonly queueDepth: number;
  /** Milliseconds; 0 when hardly anybody has asked. */
  readonly readP99Ms: number;
}

/** How busy the serving thread is, known to the writer without a message. */
export class LoadGauge {
  readonly #cells: Int32Array;
  #before = new Int32Array(BUCKETS);

  constructor(
    readonly memory: SharedArrayBuffer = new SharedArrayBuffer(4 * (FIRST_BUCKET + BUCKETS)),
  ) {
    this.#cells = new Int32Array(memory);
  }

  /** By the serving thread: an answer that took so long, and how many calls wait now. */
  answered(ms: number, waiting: number): void {
    const bucket = Math.floor(PER_DOUBLING * Math.log2(Math.max(1, 1_000 * ms)));
    this.#cells[FIRST_BUCKET + Math.min(BUCKETS - 1, bucket)]++;
    this.#cells[WAITING] = waiting;
  }

  /** By the writer: since the last time. */
  read(): ServingLoad {
    const now = this.#cells.slice(FIRST_BUCKET);
    const counts = now.map((count, bucket) => count - this.#before[bucket]);
    this.#before = now;
    const total = counts.reduce((sum, count) => sum + count, 0);
    return {
      queueDepth: this.#cells[WAITING],
      readP99Ms: total < MIN_ANSWERS ? 0 : percentile(counts, 0.99 * total),
    };
  }
}

/** The upper end of the bucket that holds the answer of this rank, in milliseconds. */
function percentile(counts: Int32Array, rank: number): number {
  let seen = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    seen += counts[bucket];
    if (seen >= rank) return Math.round(2 ** ((bucket + 1) / PER_DOUBLING)) / 1_000;
  }
  return 0;
}
