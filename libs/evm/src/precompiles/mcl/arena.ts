import type { MclModule, Pointer } from './module.js';

/** Points, scalars and input in an instance's memory. A call starts with `reset`, so nothing is ever freed. */
export class Arena {
  readonly #module: MclModule;
  readonly #start: Pointer;
  readonly #end: Pointer;
  #next: Pointer;
  #bytes: Uint8Array;

  constructor(module: MclModule, capacity: number) {
    this.#module = module;
    this.#start = module._malloc(capacity);
    this.#end = this.#start + capacity;
    this.#next = this.#start;
    this.#bytes = new Uint8Array(module.wasmMemory.buffer);
  }

  /** A view that the library's next call may invalidate, by growing the memory. */
  get bytes(): Uint8Array {
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.#module.wasmMemory.buffer);
    return this.#bytes;
  }

  /** Gives up all that was taken since the last time. */
  reset(): void {
    this.#next = this.#start;
  }

  /** Room for `size` bytes, aligned to 16. */
  take(size: number): Pointer {
    const at = this.#next;
    if (at + size > this.#end) throw new RangeError('more than the arena holds');
    this.#next = at + ((size + 15) & ~15);
    return at;
  }
}
