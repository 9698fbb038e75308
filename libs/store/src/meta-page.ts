import { readSync } from 'node:fs';
import { readTreeRecord, TREE_RECORD_BYTES, type TreeRecord } from './tree/tree-record.js';

/** Where LMDB (data format 2, 64-bit, little-endian) keeps things in a meta page, after the page's header. */
const PAGE_HEADER_BYTES = 24;
const META_BYTES = 144;
const VERSION_AT = 4;
const PAGE_SIZE_AT = 24;
const FREE_TREE_AT = 24;
const FREE_ROOT_AT = 64;
const MAIN_TREE_AT = 72;
const MAIN_ROOT_AT = 112;
const LAST_PAGE_AT = 120;
const TRANSACTION_AT = 128;

const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
const NO_PAGE = 2n ** 64n - 1n;

/** In a page's header. */
const PAGE_TRANSACTION_AT = 8;
const PAGE_FLAGS_AT = 18;
const BRANCH_OR_LEAF = 0x03;
const META = 0x08;

/** One of the two starting points of a database; the one with the higher transaction counts. */
export interface MetaPage {
  readonly bytes: Buffer;
  readonly transaction: bigint;
  readonly pageSize: number;
  readonly lastPage: bigint;
  readonly freeRoot: bigint;
  readonly mainRoot: bigint;
  readonly freeTree: TreeRecord;
  readonly mainTree: TreeRecord;
}

function readAt(file: number, length: number, position: number): Buffer {
  const bytes = Buffer.alloc(length);
  readSync(file, bytes, 0, length, position);
  return bytes;
}

/** A string says what is wrong with it. */
export function readMetaPage(file: number, index: number, pageSize: number): MetaPage | string {
  const page = readAt(file, PAGE_HEADER_BYTES + META_BYTES, index * pageSize);
  const bytes = page.subarray(PAGE_HEADER_BYTES);
  if (page.readBigUInt64LE(0) !== BigInt(index)) return 'has another page number';
  if (page.readUInt16LE(PAGE_FLAGS_AT) !== META) return 'is not marked as one';
  const unused = [
    page.subarray(8, PAGE_FLAGS_AT),
    page.subarray(PAGE_FLAGS_AT + 2, PAGE_HEADER_BYTES),
  ];
  if (unused.some((part) => part.some((byte) => byte !== 0))) return 'has a damaged header';
  if (bytes.readUInt32LE(0) !== MAGIC) return 'does not start with the magic number';
  if (bytes.readUInt32LE(VERSION_AT) !== DATA_VERSION) return 'has another version';
  return {
    bytes,
    transaction: bytes.readBigUInt64LE(TRANSACTION_AT),
    pageSize: bytes.readUInt32LE(PAGE_SIZE_AT),
    lastPage: bytes.readBigUInt64LE(LAST_PAGE_AT),
    freeRoot: bytes.readBigUInt64LE(FREE_ROOT_AT),
    mainRoot: bytes.readBigUInt64LE(MAIN_ROOT_AT),
    freeTree: readTreeRecord(bytes.subarray(FREE_TREE_AT, FREE_TREE_AT + TREE_RECORD_BYTES)),
    mainTree: readTreeRecord(bytes.subarray(MAIN_TREE_AT, MAIN_TREE_AT + TREE_RECORD_BYTES)),
  };
}

/** The page size according to the first meta page. */
export function readPageSize(file: number): number {
  return readAt(file, 4, PAGE_HEADER_BYTES + PAGE_SIZE_AT).readUInt32LE(0);
}

/** What is wrong with where the page leads, if anything. */
export function findRootProblem(file: number, meta: MetaPage): string | undefined {
  const main = readPageHeader(file, meta, meta.mainRoot);
  if (typeof main === 'string') return `its main tree ${main}`;
  // Every commit writes the root of the main tree anew: another transaction's is an older state.
  if (main !== undefined && main !== meta.transaction) return 'its main tree is of another commit';
  const free = readPageHeader(file, meta, meta.freeRoot);
  if (typeof free === 'string') return `its free list ${free}`;
  if (free !== undefined && free > meta.transaction) return 'its free list is of a later commit';
  return undefined;
}

/** The transaction that wrote the page; undefined when there is none; a string when it is no page of a tree. */
function readPageHeader(file: number, meta: MetaPage, page: bigint): bigint | string | undefined {
  if (page === NO_PAGE) return undefined;
  if (page > meta.lastPage) return 'starts beyond the end';
  const header = readAt(file, PAGE_HEADER_BYTES, Number(page) * meta.pageSize);
  if (header.readBigUInt64LE(0) !== page) return 'starts at a page that is not one';
  if ((header.readUInt16LE(PAGE_FLAGS_AT) & BRANCH_OR_LEAF) === 0) return 'starts at no tree page';
  return header.readBigUInt64LE(PAGE_TRANSACTION_AT);
}
