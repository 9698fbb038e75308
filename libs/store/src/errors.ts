import { FlotillaError } from '@flotilla/common';

export enum StoreErrorCode {
  /** A record, a meta page or a journal frame does not have the checksum that was written with it. */
  CorruptRecord = 'CORRUPT_RECORD',
  /** Another living process has the folder open for writing. */
  DatabaseLocked = 'DATABASE_LOCKED',
  /** The folder cannot be opened at all: no permission, not a directory, not a database. */
  OpenFailed = 'OPEN_FAILED',
  /** Durability of the writes is unknown: the process must exit. */
  CommitFailed = 'COMMIT_FAILED',
  /** A write through a store opened for reading. */
  ReadOnly = 'READ_ONLY',
  Closed = 'CLOSED',
  /** The journal has reached its limit; it takes more once pending transactions are mined and it is pruned. */
  JournalFull = 'JOURNAL_FULL',
}

export interface StoreErrorData {
  readonly path?: string;
  readonly table?: string;
  /** Hex. */
  readonly key?: string;
  /** In bytes, from the start of the file. */
  readonly offset?: number;
  readonly pid?: number;
}

export class StoreError extends FlotillaError<StoreErrorCode, StoreErrorData> {}
