/** One named map each; on LMDB one sub-database each. */
export const TABLES = [
  'accounts',
  'slots',
  'codes',
  'trie',
  'history',
  'blocks',
  'receipts',
  'indexes',
  'meta',
] as const;

export type Table = (typeof TABLES)[number];

/** Keys compare as bytes, left to right; a shorter key sorts before its extensions. */
export interface RangeOptions {
  /** First key included. Default: the table's first. */
  readonly gte?: Uint8Array;
  /** First key excluded. Default: none. */
  readonly lt?: Uint8Array;
  /** From the greatest key down. */
  readonly reverse?: boolean;
  readonly limit?: number;
}

/** A `value` of undefined deletes the key. */
export interface WriteOperation {
  readonly table: Table;
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/** Writes to be committed together, in order: a later one to the same key wins. Keeps the arrays it is given. */
export class WriteBatch {
  readonly #operations: WriteOperation[] = [];

  get operations(): readonly WriteOperation[] {
    return this.#operations;
  }

  put(table: Table, key: Uint8Array, value: Uint8Array): void {
    this.#operations.push({ table, key, value });
  }

  delete(table: Table, key: Uint8Array): void {
    this.#operations.push({ table, key, value: undefined });
  }
}

/** The ordered key/value store under state and chain. Keys hold 1 to 511 bytes; values may be empty. */
export interface StateStore {
  /**
   * The value belongs to the caller.
   * @throws StoreError `CORRUPT_RECORD` when the record's checksum does not match
   */
  get(table: Table, key: Uint8Array): Uint8Array | undefined;

  /** In key order. Must be consumed before the next commit. */
  range(table: Table, options: RangeOptions): Iterable<readonly [Uint8Array, Uint8Array]>;

  /**
   * Atomic. Reads see the batch when the call returns; the promise resolves when it is durable (fsync returned).
   * A rejection means that durability is unknown: the process must exit.
   */
  commit(batch: WriteBatch): Promise<void>;
}
