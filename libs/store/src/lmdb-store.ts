import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bytesToHex, failpoint } from '@flotilla/common';
import {
  type RangeOptions,
  type StateStore,
  TABLES,
  type Table,
  type WriteBatch,
} from '@flotilla/state';
import { type Database, open, type RootDatabase } from 'lmdb';
import { checkDatabase, noteSound } from './check-database.js';
import { copyBytes, sealRecord, unsealRecord } from './checksum.js';
import { StoreError, StoreErrorCode } from './errors.js';
import { FolderLock } from './folder-lock.js';
import { mergeRange } from './merge-range.js';
import { MetaGuard } from './meta-guard.js';
import { type KeyText, keyText, PendingBatch } from './pending-writes.js';

const FIRST_KEY = new Uint8Array(1);
/**
 * Records are spread by hash: the pages around one that is read would only push out others that are needed. An option that
 * lmdb's types lack.
 */
const NO_READ_AHEAD = { noReadAhead: true };

type Entry = readonly [Uint8Array, Uint8Array];
type TableDatabase = Database<Buffer, Uint8Array>;

interface Ownership {
  readonly folder: string;
  readonly lock: FolderLock;
  readonly guard: MetaGuard;
}

/** What a table takes, as LMDB counts it. */
export interface TableSize {
  readonly entries: number;
  /** Of whole pages. */
  readonly bytes: number;
}

interface LmdbStats {
  readonly pageSize: number;
  readonly entryCount: number;
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

export interface LmdbStoreOptions {
  /** The folder of the database; made when missing. */
  readonly path: string;
  /** Takes no lock and refuses writes: for worker threads and tools beside the writer. */
  readonly readOnly?: boolean;
}

/**
 * The StateStore on LMDB: one memory-mapped file, many readers, one writer. A commit is handed to LMDB's own writing
 * thread, which does the fsync too, so that the event loop waits for neither; until it is done the writes are read
 * from memory.
 */
export class LmdbStore implements StateStore {
  readonly #root: RootDatabase<Uint8Array, Uint8Array>;
  readonly #tables: ReadonlyMap<Table, TableDatabase>;
  /** The writer's; a reader has none. */
  readonly #ownership: Ownership | undefined;
  /** Oldest first. */
  readonly #pending: PendingBatch[] = [];
  #lastCommit: Promise<void> = Promise.resolve();
  #failure: StoreError | undefined;
  #closed = false;

  private constructor(
    root: RootDatabase<Uint8Array, Uint8Array>,
    tables: ReadonlyMap<Table, TableDatabase>,
    ownership: Ownership | undefined,
  ) {
    this.#root = root;
    this.#tables = tables;
    this.#ownership = ownership;
    ownership?.guard.record();
  }

  /** @throws StoreError `DATABASE_LOCKED`, `CORRUPT_RECORD`, `OPEN_FAILED` */
  static open(options: LmdbStoreOptions): LmdbStore {
    const { path, readOnly = false } = options;
    if (!readOnly) mkdirSync(path, { recursive: true, mode: 0o700 });
    const lock = readOnly ? undefined : FolderLock.acquire(join(path, 'lock'));
    try {
      if (!readOnly) checkDatabase(path);
      const root = open<Uint8Array, Uint8Array>({
        path,
        readOnly,
        maxDbs: TABLES.length + 1,
        keyEncoding: 'binary',
        encoding: 'binary',
        // One meta page is written after the data's fsync, as plain LMDB does it.
        overlappingSync: false,
        ...NO_READ_AHEAD,
      });
      const tables = new Map<Table, TableDatabase>();
      for (const name of TABLES) {
        tables.set(name, root.openDB({ name, keyEncoding: 'binary', encoding: 'binary' }));
      }
      return new LmdbStore(
        root,
        tables,
        lock && { folder: path, lock, guard: new MetaGuard(path) },
      );
    } catch (cause) {
      lock?.release();
      if (cause instanceof StoreError) throw cause;
      throw new StoreError(StoreErrorCode.OpenFailed, `cannot open the database in ${path}`, {
        cause,
        data: { path },
      });
    }
  }

  get(table: Table, key: Uint8Array): Uint8Array | undefined {
    this.#requireOpen();
    for (let i = this.#pending.length - 1; i >= 0; i--) {
      const write = this.#pending[i].find(table, key);
      if (write !== undefined) return write.value && copyBytes(write.value);
    }
    // A view that the next read overwrites; unsealing copies.
    const record = this.#table(table).getBinaryFast(key as Buffer);
    return record === undefined ? undefined : this.#unseal(table, key, record);
  }

  range(table: Table, options: RangeOptions): Iterable<Entry> {
    this.#requireOpen();
    const from = options.gte ?? FIRST_KEY;
    const { lt, limit, reverse = false } = options;
    if (this.#pending.length === 0) return this.#stored(table, from, lt, reverse, limit);
    const writes = new Map<KeyText, Uint8Array | undefined>();
    const to = lt === undefined ? undefined : keyText(lt);
    for (const batch of this.#pending) batch.collect(table, keyText(from), to, writes);
    if (writes.size === 0) return this.#stored(table, from, lt, reverse, limit);
    const sorted = [...writes].sort(([a], [b]) => (a < b !== reverse ? -1 : 1));
    return take(mergeRange(this.#stored(table, from, lt, reverse), sorted, reverse), limit);
  }

  /**
   * Reads from here on see every commit that is durable now. The writer needs no such call; a reader makes it when it
   * begins on a request, and reads one state until the request is done, if it does not wait in between.
   */
  refresh(): void {
    this.#requireOpen();
    this.#root.resetReadTxn();
  }

  /** No page of the state that is durable now is used anew until the returned function is called. */
  hold(): () => void {
    this.#requireOpen();
    const transaction = this.#root.useReadTransaction();
    return () => transaction.done();
  }

  commit(batch: WriteBatch): Promise<void> {
    const refusal = this.#refusal();
    if (refusal !== undefined) return Promise.reject(refusal);
    failpoint('store.committing');
    const pending = new PendingBatch(batch.operations);
    this.#pending.push(pending);
    const written = this.#root.batch(() => {
      for (const { table, key, value } of batch.operations) {
        if (value === undefined) this.#table(table).remove(key as Buffer);
        else this.#table(table).put(key as Buffer, sealRecord(key, value) as Buffer);
      }
      failpoint('store.written');
    });
    const commit = this.#finish(Promise.all([this.#lastCommit, written]), pending);
    this.#lastCommit = commit;
    // close() and the caller both see a failure; this keeps it from being an unhandled rejection as well.
    commit.catch(() => {});
    return commit;
  }

  /** Of what is committed. */
  tableSizes(): Record<Table, TableSize> {
    this.#requireOpen();
    const sizes = [...this.#tables].map(([table, database]) => {
      const stats = database.getStats() as LmdbStats;
      const pages = stats.treeBranchPageCount + stats.treeLeafPageCount + stats.overflowPages;
      return [table, { entries: stats.entryCount, bytes: pages * stats.pageSize }] as const;
    });
    return Object.fromEntries(sizes) as Record<Table, TableSize>;
  }

  /** Waits for the commits under way, then gives up the lock. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#lastCommit.catch(() => {});
    if (this.#failure === undefined) this.#ownership?.guard.record();
    await this.#root.close();
    if (this.#ownership === undefined) return;
    const { folder, guard, lock } = this.#ownership;
    guard.close();
    if (this.#failure === undefined) noteSound(folder);
    lock.release();
  }

  async #finish(written: Promise<unknown>, pending: PendingBatch): Promise<void> {
    try {
      await written;
      failpoint('store.committed');
    } catch (cause) {
      this.#failure ??= new StoreError(StoreErrorCode.CommitFailed, 'a commit failed', { cause });
      throw this.#failure;
    }
    // Reads may still be served from a snapshot that was taken before.
    this.#root.resetReadTxn();
    this.#pending.splice(this.#pending.indexOf(pending), 1);
    if (this.#pending.length === 0) this.#ownership?.guard.record();
  }

  #refusal(): StoreError | undefined {
    if (this.#failure !== undefined) return this.#failure;
    if (this.#closed) return new StoreError(StoreErrorCode.Closed, 'the store is closed');
    if (this.#ownership !== undefined) return undefined;
    return new StoreError(StoreErrorCode.ReadOnly, 'the store was opened for reading');
  }

  *#stored(
    table: Table,
    from: Uint8Array,
    to: Uint8Array | undefined,
    reverse: boolean,
    limit?: number,
  ): Iterable<Entry> {
    const bounds = reverse
      ? { reverse, start: to, end: from, exclusiveStart: true, inclusiveEnd: true }
      : { start: from, end: to };
    const range = this.#table(table).getRange({ ...bounds, limit } as object);
    for (const { key, value } of range) {
      const bytes = new Uint8Array(key);
      yield [bytes, this.#unseal(table, bytes, value as Buffer)];
    }
  }

  #unseal(table: Table, key: Uint8Array, record: Buffer): Uint8Array {
    const value = unsealRecord(key, record);
    if (value !== undefined) return value;
    throw new StoreError(
      StoreErrorCode.CorruptRecord,
      `a record of '${table}' does not match its checksum`,
      { data: { table, key: bytesToHex(key) } },
    );
  }

  #table(table: Table): TableDatabase {
    return this.#tables.get(table)!;
  }

  #requireOpen(): void {
    if (this.#closed) throw new StoreError(StoreErrorCode.Closed, 'the store is closed');
  }
}

function* take(entries: Iterable<Entry>, limit = Number.POSITIVE_INFINITY): Iterable<Entry> {
  let left = limit;
  if (left <= 0) return;
  for (const entry of entries) {
    yield entry;
    if (--left <= 0) return;
  }
}
