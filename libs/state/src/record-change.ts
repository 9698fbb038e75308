import { concatBytes } from '@flotilla/common';

/** The tables whose past is kept. */
export const VERSIONED_TABLES = ['accounts', 'slots', 'trie'] as const;

export type VersionedTable = (typeof VERSIONED_TABLES)[number];

/** One record before and after a block, with its stamp; undefined where it does not exist. */
export interface RecordChange {
  readonly table: VersionedTable;
  readonly key: Uint8Array;
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
}

/**
 * Every versioned record starts with a stamp: the block that wrote it (48 bits, big-endian), so that history is
 * followed from the record itself, and how many changes ago one of its images was indexed.
 */
export const STAMP_BYTES = 7;

const COUNT_AT = 6;

/** Every so manyth change of a record is indexed. */
const INDEX_EVERY = 32;

/** The block that wrote a record. */
export function writtenAt(record: Uint8Array): number {
  const high = (record[0] << 8) | record[1];
  const low = (record[2] << 24) | (record[3] << 16) | (record[4] << 8) | record[5];
  return high * 2 ** 32 + (low >>> 0);
}

/** Fills the first bytes of a record that takes the place of `before`. */
export function stamp(record: Uint8Array, block: number, before: Uint8Array | undefined): void {
  const high = Math.floor(block / 2 ** 32);
  record[0] = high >>> 8;
  record[1] = high;
  record[2] = block >>> 24;
  record[3] = block >>> 16;
  record[4] = block >>> 8;
  record[5] = block;
  record[COUNT_AT] = before === undefined || isIndexed(before, record) ? 0 : before[COUNT_AT] + 1;
}

/** Whether the image of `before` has to be found without the record that followed it. */
export function isIndexed(before: Uint8Array, after: Uint8Array | undefined): boolean {
  return after === undefined || before[COUNT_AT] === INDEX_EVERY - 1;
}

/** What a record holds. */
export function bodyOf(record: Uint8Array): Uint8Array {
  return record.subarray(STAMP_BYTES);
}

export function stamped(body: Uint8Array, block: number, before: Uint8Array | undefined) {
  const record = concatBytes(new Uint8Array(STAMP_BYTES), body);
  stamp(record, block, before);
  return record;
}
