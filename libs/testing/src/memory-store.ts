import { bytesToHex } from '@flotilla/common';
import {
  type RangeOptions,
  type StateStore,
  TABLES,
  type Table,
  type WriteBatch,
} from '@flotilla/state';

interface SortedTable {
  readonly records: Map<string, readonly [Uint8Array, Uint8Array]>;
  /** The keys in order; undefined after a key came or went, rebuilt by the next range read. */
  order: string[] | undefined;
}

function firstAtLeast(order: readonly string[], bound: string): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (order[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A StateStore that forgets everything. Copies what it is given and what it hands out, as a disk would. */
export class MemoryStore implements StateStore {
  readonly #tables = new Map<Table, SortedTable>(
    TABLES.map((table) => [table, { records: new Map(), order: undefined }]),
  );

  get(table: Table, key: Uint8Array): Uint8Array | undefined {
    return this.#table(table).records.get(bytesToHex(key))?.[1].slice();
  }

  *range(table: Table, options: RangeOptions): Iterable<readonly [Uint8Array, Uint8Array]> {
    const sorted = this.#table(table);
    sorted.order ??= [...sorted.records.keys()].sort();
    const order = sorted.order;
    const from = options.gte ? firstAtLeast(order, bytesToHex(options.gte)) : 0;
    const to = options.lt ? firstAtLeast(order, bytesToHex(options.lt)) : order.length;
    const count = Math.min(to - from, options.limit ?? Number.POSITIVE_INFINITY);
    for (let i = 0; i < count; i++) {
      const [key, value] = sorted.records.get(order[options.reverse ? to - 1 - i : from + i])!;
      yield [key.slice(), value.slice()];
    }
  }

  async commit(batch: WriteBatch): Promise<void> {
    for (const { table, key, value } of batch.operations) {
      const sorted = this.#table(table);
      const id = bytesToHex(key);
      if (value === undefined) {
        if (sorted.records.delete(id)) sorted.order = undefined;
      } else {
        if (!sorted.records.has(id)) sorted.order = undefined;
        sorted.records.set(id, [key.slice(), value.slice()]);
      }
    }
  }

  /** Records in one table: what tests of pruning look at. */
  count(table: Table): number {
    return this.#table(table).records.size;
  }

  #table(table: Table): SortedTable {
    return this.#tables.get(table)!;
  }
}
