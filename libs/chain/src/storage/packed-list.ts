import { ChainError, ChainErrorCode } from '../errors.js';

/**
 * Many byte strings in one record, any of which can be read without looking at the others:
 * count, then the end of each item, then the items. One record per block keeps the store's tree small.
 */
export function packList(items: readonly Uint8Array[]): Uint8Array {
  let length = 4 + 4 * items.length;
  const start = length;
  for (const item of items) length += item.length;
  const out = new Uint8Array(length);
  const view = new DataView(out.buffer);
  view.setUint32(0, items.length);
  let at = start;
  for (let i = 0; i < items.length; i++) {
    out.set(items[i], at);
    at += items[i].length;
    view.setUint32(4 + 4 * i, at - start);
  }
  return out;
}

/** Reads what `packList` wrote. Items are views. */
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
