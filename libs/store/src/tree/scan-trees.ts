import { TABLES } from '@flotilla/state';
import type { MetaPage } from '../meta-page.js';
import { readFreePages } from './free-list.js';
import type { PageFile } from './page-file.js';
import { PageMap } from './page-map.js';
import { readTreeRecord, TREE_RECORD_BYTES, type TreeRecord } from './tree-record.js';
import { TreeWalk, type WalkOptions } from './tree-walk.js';

export interface ScanVisitor {
  /** A record of a table as it lies on the disk. */
  record?(table: string, key: Buffer, value: Buffer): void;
  /** @param table undefined: LMDB's own trees */
  problem(page: number, table: string | undefined, why: string): void;
}

const META_PAGES = [0, 1];
/** The main tree ends each name with a zero. */
const NAMES: ReadonlyMap<string, string> = new Map(TABLES.map((table) => [`${table}\0`, table]));
/** The list of free pages is changed at every commit, and its figures with it; it is small. */
const WHOLE: WalkOptions = { leaves: true };

/** Walks every tree of a snapshot, and checks that each page of the file is used or free, and not both. */
export function scanTrees(
  file: PageFile,
  meta: MetaPage,
  visitor: ScanVisitor,
  options: WalkOptions,
): void {
  const taken = new PageMap(Number(meta.lastPage) + 1);
  for (const page of META_PAGES) taken.take(page);
  const own = (page: number, why: string) => visitor.problem(page, undefined, why);
  const tables: [string, TreeRecord][] = [];
  const collectTable = (key: Buffer, value: Buffer, isTree: boolean) => {
    const table = NAMES.get(key.toString('latin1'));
    if (table !== undefined && isTree && value.length === TREE_RECORD_BYTES) {
      tables.push([table, readTreeRecord(value)]);
    } else own(Number(meta.mainRoot), 'names a table that is not ours');
  };
  const main = { entry: collectTable, problem: own };
  new TreeWalk(file, taken, meta.mainTree, main, WHOLE).run(meta.transaction);
  for (const [table, record] of tables) {
    const walk = {
      entry: (key: Buffer, value: Buffer) => visitor.record?.(table, key, value),
      problem: (page: number, why: string) => visitor.problem(page, table, why),
    };
    new TreeWalk(file, taken, record, walk, options).run(meta.transaction);
  }
  if (options.leaves) scanFreePages(file, meta, taken, own);
}

function scanFreePages(
  file: PageFile,
  meta: MetaPage,
  taken: PageMap,
  problem: (page: number, why: string) => void,
): void {
  const listAt = Number(meta.freeRoot);
  const free: number[] = [];
  const entry = (_key: Buffer, value: Buffer) => {
    const pages = readFreePages(value);
    if (pages === undefined) problem(listAt, 'starts a list of free pages that can not be read');
    else for (const page of pages) free.push(page);
  };
  new TreeWalk(file, taken, meta.freeTree, { entry, problem }, WHOLE).run(meta.transaction);
  for (const page of free) if (!taken.take(page)) problem(page, 'is said to be free, and used');
  if (taken.count !== taken.size) problem(listAt, 'does not list all pages that are not in use');
}
