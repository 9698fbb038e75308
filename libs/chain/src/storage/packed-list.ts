import { RlpWriter } from '@flotilla/common';
import { ChainError, ChainErrorCode } from '../errors.js';

/**
 * Many byte strings in one record, any of which can be read without looking at the others:
 * count, then the end of each item, then the items. One record per block keeps the store's tree small.
 */
export class PackedListWriter {
  /** Where the next item is written; `endItem` completes it. */
  readonly items = new RlpWriter();
  readonly #ends: number[] = [];

  endItem(): void {
    this.#ends.push(this.items.length);
  }

  finish(): Uint8Array {
    const start = 4 + 4 * this.#ends.length;
    const out = new Uint8Array(start + this.items.length);
    const view = new DataView(out.buffer);
    view.setUint32(0, this.#ends.length);
    for (let i = 0; i < this.#ends.length; i++) view.setUint32(4 + 4 * i, this.#ends[i]);
    out.set(this.items.view(), start);
    return out;
  }
}

/** Reads what `PackedListWriter` wrote. Items are views. */
export class PackedList {
  readonly #record: Uint8Array;
  readonly #view: DataView;
  readonly length: number;

  constructor(record: Uint8Array) {
    this.#record = record;
    this.#view = new DataView(record.buffer, record.byteOffset, record.byteLength);
    this.length = record.length < 4 ? -1 : this.#view.getUint32(0);
    if (this.length < 0 || 4 + 4 * this.length > record.length) {
      throw new ChainError(ChainErrorCode.CorruptChain, 'a packed record is cut short');
    }
  }

  get byteLength(): number {
    return this.#record.length;
  }

  at(index: number): Uint8Array | undefined {
    if (index < 0 || index >= this.length) return undefined;
    const start = 4 + 4 * this.length;
    const from = index === 0 ? 0 : this.#view.getUint32(4 * index);
    return this.#record.subarray(start + from, start + this.#view.getUint32(4 + 4 * index));
  }

  *[Symbol.iterator](): IterableIterator<Uint8Array> {
    for (let i = 0; i < this.length; i++) yield this.at(i)!;
  }
}
