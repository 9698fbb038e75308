/** Bytes of shared memory that a signal takes. */
const BYTES = 8;
const VERSION = 0;
const REWRITES = 1;

/** How the writer tells threads that read its store, without a message, that there is something new in it. */
export class ChainSignal {
  readonly #cells: Int32Array;

  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(BYTES)) {
    this.#cells = new Int32Array(memory);
  }

  /** Something became durable: a block, or a step of finality. */
  advanced(): void {
    Atomics.add(this.#cells, VERSION, 1);
  }

  /** Blocks were taken back; others may come in their place. */
  rewritten(): void {
    Atomics.add(this.#cells, REWRITES, 1);
    this.advanced();
  }

  /** Differs from the last time when there is something new. */
  get version(): number {
    return Atomics.load(this.#cells, VERSION);
  }

  get rewrites(): number {
    return Atomics.load(this.#cells, REWRITES);
  }
}
