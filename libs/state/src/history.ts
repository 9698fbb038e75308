import { bytesToHex, concatBytes, EMPTY_BYTES, type Hash, hexToBytes } from '@flotilla/common';
import { type RecordChange, VERSIONED_TABLES, type VersionedTable } from './record-change.js';
import { blockBytes, readBlockNumber } from './state-keys.js';
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

/** Table and key with its length, so that no record's id is the beginning of another's. */
function recordId(table: VersionedTable, key: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(VERSIONED_TABLES.indexOf(table), key.length), key);
}

function imageKey(id: Uint8Array, block: Uint8Array): Uint8Array {
  return concatBytes(BY_RECORD, id, block);
}

/**
 * Absent trie nodes leave no image: a node is only ever asked for because its parent, as of the same block, names
 * it. Flat records are asked for out of the blue, so their absence is written down as an empty image.
 */
function hasImage(record: { table: VersionedTable }, wasAbsent: boolean): boolean {
  return !wasAbsent || record.table !== 'trie';
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
    const list: Uint8Array[] = [hexToBytes(rootBefore)];
    for (const change of changes) {
      const id = recordId(change.table, change.key);
      const wasAbsent = change.before === undefined;
      if (hasImage(change, wasAbsent)) {
        batch.put('history', imageKey(id, block), change.before ?? EMPTY_BYTES);
      }
      if (!wasAbsent) list.push(id);
      else list.push(concatBytes(Uint8Array.of(id[0] | WAS_ABSENT), id.subarray(1)));
    }
    batch.put('history', diffKey(blockNumber), concatBytes(...list));
  }

  /** The record as of a block that is older than the newest, or undefined if it did not exist. */
  recordAt(table: VersionedTable, key: Uint8Array, blockNumber: number): Uint8Array | undefined {
    const id = recordId(table, key);
    const images = this.#store.range('history', {
      gte: imageKey(id, blockBytes(blockNumber + 1)),
      lt: imageKey(id, NO_BLOCK),
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
      const end = at + 2 + bytes[at + 1];
      records.push({
        table: VERSIONED_TABLES[bytes[at] & ~WAS_ABSENT],
        key: bytes.subarray(at + 2, end),
        wasAbsent: (bytes[at] & WAS_ABSENT) !== 0,
      });
      at = end;
    }
    return { rootBefore: bytesToHex(bytes.subarray(0, HASH_BYTES)), records };
  }

  /** What the record was before the block, which must be one that changed it. */
  imageBefore(record: ChangedRecord, blockNumber: number): Uint8Array | undefined {
    if (record.wasAbsent) return undefined;
    const id = recordId(record.table, record.key);
    return this.#store.get('history', imageKey(id, blockBytes(blockNumber)));
  }

  /** Removes the block's diff. False when there is none. */
  forget(batch: WriteBatch, blockNumber: number): boolean {
    const diff = this.diff(blockNumber);
    if (diff === undefined) return false;
    const block = blockBytes(blockNumber);
    for (const record of diff.records) {
      if (!hasImage(record, record.wasAbsent)) continue;
      batch.delete('history', imageKey(recordId(record.table, record.key), block));
    }
    batch.delete('history', diffKey(blockNumber));
    return true;
  }

  /** The blocks that have a diff, oldest first. */
  *blocks(): Iterable<number> {
    for (const [key] of this.#store.range('history', { gte: BY_BLOCK, lt: BY_RECORD })) {
      yield readBlockNumber(key, BY_BLOCK.length);
    }
  }
}
