import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describePage, newestMeta } from './check-database.js';
import { unsealRecord } from './checksum.js';
import { StoreError } from './errors.js';
import { newestSegment } from './file-journal.js';
import { scanSegment } from './journal-segment.js';
import { checkMetaPages, dataPath } from './meta-guard.js';
import { readPageSize } from './meta-page.js';
import { PageFile } from './tree/page-file.js';
import { scanTrees } from './tree/scan-trees.js';

export interface InspectionVisitor {
  /** Called now and then. */
  progress(records: number, pages: number): void;
  problem(what: string): void;
}

export interface DatabaseInspection {
  /** Of the file. */
  readonly pages: number;
  /** Whose checksums were compared. */
  readonly records: number;
}

const PROGRESS_EVERY = 4096;

/**
 * Looks at every page and every record of a database without LMDB, and changes nothing. When a process is writing there,
 * the caller must hold an older state (`LmdbStore.hold`), so that no page that is looked at is used anew.
 * @returns undefined when it has no sound starting point
 */
export function inspectDatabase(
  folder: string,
  visitor: InspectionVisitor,
): DatabaseInspection | undefined {
  try {
    checkMetaPages(folder);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    visitor.problem(error.message);
    return undefined;
  }
  if (!existsSync(dataPath(folder))) {
    visitor.problem(`there is no database in ${folder}`);
    return undefined;
  }
  const file = openSync(dataPath(folder), 'r');
  try {
    const meta = newestMeta(file);
    const pages = Number(meta.lastPage) + 1;
    let records = 0;
    const record = (table: string, key: Buffer, value: Buffer) => {
      if (++records % PROGRESS_EVERY === 0) visitor.progress(records, pages);
      if (unsealRecord(key, value) !== undefined) return;
      visitor.problem(
        `the record 0x${key.toString('hex')} of '${table}' does not match its checksum`,
      );
    };
    const problem = (page: number, table: string | undefined, why: string) =>
      visitor.problem(describePage(page, table, why));
    const source = new PageFile(file, readPageSize(file));
    scanTrees(source, meta, { record, problem }, { leaves: true });
    return { pages, records };
  } finally {
    closeSync(file);
  }
}

export interface JournalInspection {
  readonly records: readonly Uint8Array[];
  /** Of a write that nobody was told of: cut off when the journal is opened. */
  readonly tornBytes: number;
}

/**
 * Reads a journal as opening it would, and changes nothing.
 * @throws StoreError `CORRUPT_RECORD`
 */
export function inspectJournal(folder: string): JournalInspection {
  const newest = existsSync(folder) ? newestSegment(readdirSync(folder)) : undefined;
  if (newest === undefined) return { records: [], tornBytes: 0 };
  const path = join(folder, newest);
  const { payloads, tornBytes } = scanSegment(path, readFileSync(path));
  return { records: payloads, tornBytes };
}
