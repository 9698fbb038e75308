import { closeSync, existsSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { checksum } from './checksum.js';
import { StoreError, StoreErrorCode } from './errors.js';
import { findRootProblem, type MetaPage, readMetaPage, readPageSize } from './meta-page.js';

const META_PAGES = [0, 1] as const;

/** Per meta page: its transaction (u64), its checksum (u32), the checksum of both (u32). Big-endian. */
const RECORD_BYTES = 16;
const SUM_AT = 8;
const CHECKSUM_AT = 12;

interface GuardRecord {
  readonly transaction: bigint;
  readonly sum: number;
}

/**
 * LMDB has no checksum on its two meta pages, from which everything else is found: a flipped bit there can lead to an
 * older state, or out of the file. This keeps their checksums in a file beside the database and compares them before
 * LMDB opens it.
 */
export class MetaGuard {
  readonly #dataFile: number;
  readonly #guardFile: number;

  /** For a database that is open. */
  constructor(folder: string) {
    this.#dataFile = openSync(dataPath(folder), 'r');
    const path = guardPath(folder);
    this.#guardFile = openSync(path, existsSync(path) ? 'r+' : 'w', 0o600);
  }

  /** Writes the checksums down. Only while no commit is under way. Not synced: an older record does no harm. */
  record(): void {
    const pageSize = readPageSize(this.#dataFile);
    const records = Buffer.alloc(META_PAGES.length * RECORD_BYTES);
    for (const index of META_PAGES) {
      const meta = readMetaPage(this.#dataFile, index, pageSize);
      if (typeof meta === 'string') return;
      const at = index * RECORD_BYTES;
      records.writeBigUInt64BE(meta.transaction, at);
      records.writeUInt32BE(checksum(meta.bytes), at + SUM_AT);
      const sum = checksum(records.subarray(at, at + CHECKSUM_AT));
      records.writeUInt32BE(sum, at + CHECKSUM_AT);
    }
    writeSync(this.#guardFile, records, 0, records.length, 0);
  }

  close(): void {
    closeSync(this.#dataFile);
    closeSync(this.#guardFile);
  }
}

export function dataPath(folder: string): string {
  return join(folder, 'data.mdb');
}

function guardPath(folder: string): string {
  return join(folder, 'meta.guard');
}

/**
 * Checks the meta pages of a database that nobody has open, if there is one.
 * @throws StoreError `CORRUPT_RECORD`
 */
export function checkMetaPages(folder: string): void {
  const path = dataPath(folder);
  const records = readRecords(guardPath(folder));
  if (!existsSync(path) || statSync(path).size === 0) {
    if (records.some((record) => record !== undefined)) throw corrupt(path, 'it is gone or empty');
    return;
  }
  const file = openSync(path, 'r');
  try {
    const pageSize = readPageSize(file);
    const metas = META_PAGES.map((index) => readChecked(file, path, index, pageSize));
    for (const index of META_PAGES) compareRecord(path, index, metas[index], records[index]);
    const newest = metas[0].transaction > metas[1].transaction ? metas[0] : metas[1];
    const problem = findRootProblem(file, newest);
    if (problem !== undefined) throw corrupt(path, problem);
  } finally {
    closeSync(file);
  }
}

function readChecked(file: number, path: string, index: number, pageSize: number): MetaPage {
  const meta = readMetaPage(file, index, pageSize);
  if (typeof meta === 'string') throw corrupt(path, `meta page ${index} ${meta}`);
  if (meta.pageSize !== pageSize) throw corrupt(path, 'the meta pages differ in their page size');
  return meta;
}

/** A page may be newer than its record: the process can end between the commit and the record. */
function compareRecord(path: string, index: number, meta: MetaPage, record?: GuardRecord): void {
  if (record === undefined || meta.transaction > record.transaction) return;
  if (meta.transaction < record.transaction) throw corrupt(path, `meta page ${index} is too old`);
  if (checksum(meta.bytes) !== record.sum) {
    throw corrupt(path, `meta page ${index} does not match its checksum`);
  }
}

function readRecords(path: string): (GuardRecord | undefined)[] {
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  return META_PAGES.map((index) => {
    const record = bytes.subarray(index * RECORD_BYTES, (index + 1) * RECORD_BYTES);
    if (record.length < RECORD_BYTES) return undefined;
    const sum = record.readUInt32BE(CHECKSUM_AT);
    if (checksum(record.subarray(0, CHECKSUM_AT)) !== sum) return undefined;
    return { transaction: record.readBigUInt64BE(0), sum: record.readUInt32BE(SUM_AT) };
  });
}

function corrupt(path: string, why: string): StoreError {
  return new StoreError(StoreErrorCode.CorruptRecord, `the database ${path} is damaged: ${why}`, {
    data: { path },
  });
}
