import { equalBytes } from '@flotilla/common';
import type { WriteOperation } from '@flotilla/state';
import { hashKey } from './checksum.js';

const NONE = -1;

/** Finds a batch's writes by key: open addressing with numbers only, because a string for each key costs far more. */
export class KeyIndex {
  readonly #operations: readonly WriteOperation[];
  /** Places among the operations, by hash. */
  readonly #places: Int32Array;
  readonly #mask: number;

  constructor(operations: readonly WriteOperation[]) {
    const size = 2 ** Math.ceil(Math.log2(2 * operations.length + 1));
    this.#operations = operations;
    this.#places = new Int32Array(size).fill(NONE);
    this.#mask = size - 1;
    // A later write of the same key takes the place of an earlier one.
    for (let i = 0; i < operations.length; i++) this.#places[this.#slot(operations[i].key)] = i;
  }

  find(key: Uint8Array): WriteOperation | undefined {
    const place = this.#places[this.#slot(key)];
    return place === NONE ? undefined : this.#operations[place];
  }

  /** Where the key is, or where it would be. */
  #slot(key: Uint8Array): number {
    let slot = hashKey(key) & this.#mask;
    for (;;) {
      const place = this.#places[slot];
      if (place === NONE || equalBytes(this.#operations[place].key, key)) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }
}
