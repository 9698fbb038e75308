import type { Table, WriteOperation } from '@flotilla/state';
import { KeyIndex } from './key-index.js';

/** A key as a string that sorts like its bytes: one character per byte. */
export type KeyText = string;

const room = Buffer.alloc(512);

/** By way of a buffer that is there already: small arrays lie in V8's heap, where native code can't read them. */
export function keyText(key: Uint8Array): KeyText {
  const { length } = key;
  for (let i = 0; i < length; i++) room[i] = key[i];
  return room.toString('latin1', 0, length);
}

export function keyBytes(text: KeyText): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

/** Undefined deletes the key. */
type Write = Uint8Array | undefined;

/** The writes of a batch to one table; indexed and put in order only when somebody asks for them. */
class PendingTable {
  readonly #operations: WriteOperation[] = [];
  #index: KeyIndex | undefined;
  #writes: Map<KeyText, Write> | undefined;
  #sorted: KeyText[] | undefined;

  add(operation: WriteOperation): void {
    this.#operations.push(operation);
  }

  find(key: Uint8Array): WriteOperation | undefined {
    this.#index ??= new KeyIndex(this.#operations);
    return this.#index.find(key);
  }

  get writes(): ReadonlyMap<KeyText, Write> {
    if (this.#writes !== undefined) return this.#writes;
    const writes = new Map<KeyText, Write>();
    for (const { key, value } of this.#operations) writes.set(keyText(key), value);
    this.#writes = writes;
    return writes;
  }

  get sorted(): readonly KeyText[] {
    this.#sorted ??= [...this.writes.keys()].sort();
    return this.#sorted;
  }
}

function firstAtLeast(sorted: readonly KeyText[], bound: KeyText): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One batch on its way to the disk. */
export class PendingBatch {
  readonly #tables = new Map<Table, PendingTable>();

  constructor(operations: readonly WriteOperation[]) {
    for (const operation of operations) {
      let pending = this.#tables.get(operation.table);
      if (pending === undefined) {
        pending = new PendingTable();
        this.#tables.set(operation.table, pending);
      }
      pending.add(operation);
    }
  }

  /** The last write of the key; undefined when the batch leaves it alone. */
  find(table: Table, key: Uint8Array): WriteOperation | undefined {
    return this.#tables.get(table)?.find(key);
  }

  /** Copies the writes in the range to `target`. */
  collect(table: Table, from: KeyText, to: KeyText | undefined, target: Map<KeyText, Write>): void {
    const pending = this.#tables.get(table);
    if (pending === undefined) return;
    const { sorted, writes } = pending;
    const end = to === undefined ? sorted.length : firstAtLeast(sorted, to);
    for (let i = firstAtLeast(sorted, from); i < end; i++)
      target.set(sorted[i], writes.get(sorted[i]));
  }
}
