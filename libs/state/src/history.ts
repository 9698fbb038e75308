import { bytesToHex, concatBytes, EMPTY_BYTES, type Hash } from '@flotilla/common';
import { type RecordChange, VERSIONED_TABLES, type VersionedTable } from './record-change.js';
import { blockBytes, writeHex } from './state-keys.js';
import type { StateStore, WriteBatch } from './state-store.js';

/** Keys of the history table: what a block changed, by block; and what a record was before a block, by record. */
const BY_BLOCK = Uint8Array.of(0);
const BY_RECORD = Uint8Array.of(1);

/** In a block's list: the record did not exist before. */
const WAS_ABSENT = 0x80;

const HASH_BYTES = 32;
const NO_BLOCK = new Uint8Array(8).fill(0xff);

/** One record that a block changed, as its list names it. */
export interface ChangedRecord {
  readonly table: VersionedTable;
  readonly key: Uint8Array;
  readonly wasAbsent: boolean;
}

export interface BlockDiff {
  /** The state root that the block started from. */
  readonly rootBefore: Hash;
  readonly records: readonly ChangedRecord[];
}

function diffKey(blockNumber: number): Uint8Array {
  return concatBytes(BY_BLOCK, blockBytes(blockNumber));
}

/** Of a record's id: its table and the length of its key, so that no id is the beginning of another. */
const ID_HEADER_BYTES = 2;

/** Where a record's image before a block is kept: below the record's id, by block. */
function imageKey(table: VersionedTable, key: Uint8Array, block: Uint8Array): Uint8Array {
  const image = new Uint8Array(1 + ID_HEADER_BYTES + key.length + block.length);
  image[0] = BY_RECORD[0];
  writeId(image, 1, table, key);
  image.set(block, image.length - block.length);
  return image;
}

function writeId(target: Uint8Array, at: number, table: VersionedTable, key: Uint8Array): void {
  target[at] = VERSIONED_TABLES.indexOf(table);
  target[at + 1] = key.length;
  target.set(key, at + ID_HEADER_BYTES);
}

/**
 * Absent trie nodes leave no image: a node is only ever asked for because its parent, as of the same block, names
 * it. Flat records are asked for out of the blue, so their absence is written down as an empty image.
 */
function hasImage(table: VersionedTable, wasAbsent: boolean): boolean {
  return !wasAbsent || table !== 'trie';
}

/**
 * Reverse diffs: for each block what it overwrote. A record as of block n is the image of the first later block that
 * changed it, or the current record when none did.
 */
export class History {
  readonly #store: StateStore;

  constructor(store: StateStore) {
    this.#store = store;
  }

  /** Adds the diff of a block to the batch. */
  record(
    batch: WriteBatch,
    blockNumber: number,
    rootBefore: Hash,
    changes: readonly RecordChange[],
  ): void {
    const block = blockBytes(blockNumber);
    let length = HASH_BYTES;
    for (const { key } of changes) length += ID_HEADER_BYTES + key.length;
    const list = new Uint8Array(length);
    writeHex(list, 0, rootBefore);
    let at = HASH_BYTES;
    for (const { table, key, before } of changes) {
      writeId(list, at, table, key);
      if (before === undefined) list[at] |= WAS_ABSENT;
      at += ID_HEADER_BYTES + key.length;
      if (!hasImage(table, before === undefined)) continue;
      batch.put('history', imageKey(table, key, block), before ?? EMPTY_BYTES);
    }
    batch.put('history', diffKey(blockNumber), list);
  }

  /** The record as of a block that is older than the newest, or undefined if it did not exist. */
  recordAt(table: VersionedTable, key: Uint8Array, blockNumber: number): Uint8Array | undefined {
    const images = this.#store.range('history', {
      gte: imageKey(table, key, blockBytes(blockNumber + 1)),
      lt: imageKey(table, key, NO_BLOCK),
      limit: 1,
    });
    for (const [, image] of images) return image.length === 0 ? undefined : image;
    return this.#store.get(table, key);
  }

  diff(blockNumber: number): BlockDiff | undefined {
    const bytes = this.#store.get('history', diffKey(blockNumber));
    if (bytes === undefined) return undefined;
    const records: ChangedRecord[] = [];
    for (let at = HASH_BYTES; at < bytes.length; ) {
      const end = at + ID_HEADER_BYTES + bytes[at + 1];
      records.push({
        table: VERSIONED_TABLES[bytes[at] & ~WAS_ABSENT],
        key: bytes.subarray(at + ID_HEADER_BYTES, end),
        wasAbsent: (bytes[at] & WAS_ABSENT) !== 0,
      });
      at = end;
    }
    return { rootBefore: bytesToHex(bytes.subarray(0, HASH_BYTES)), records };
  }

  /** What the record was before the block, which must be one that changed it. */
  imageBefore(record: ChangedRecord, blockNumber: number): Uint8Array | undefined {
    if (record.wasAbsent) return undefined;
    const { table, key } = record;
    return this.#store.get('history', imageKey(table, key, blockBytes(blockNumber)));
  }

  /** Removes the block's diff. False when there is none. */
  forget(batch: WriteBatch, blockNumber: number): boolean {
    const diff = this.diff(blockNumber);
    if (diff === undefined) return false;
    const block = blockBytes(blockNumber);
    for (const { table, key, wasAbsent } of diff.records) {
      if (hasImage(table, wasAbsent)) batch.delete('history', imageKey(table, key, block));
    }
    batch.delete('history', diffKey(blockNumber));
    return true;
  }
}
