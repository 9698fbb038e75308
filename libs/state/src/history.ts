import { bytesToHex, concatBytes, EMPTY_BYTES, type Hash, type Hex } from '@flotilla/common';
import {
  BlockDiff,
  compareChanges,
  encodeDiff,
  findEntry,
  type RecordImage,
  readEntries,
  readIndexed,
} from './block-diff.js';
import { StateError, StateErrorCode } from './errors.js';
import {
  isIndexed,
  type RecordChange,
  stamp,
  VERSIONED_TABLES,
  type VersionedTable,
  writtenAt,
} from './record-change.js';
import { blockBytes, LEAF_KEY_BYTES, type LeafTable, readBlockNumber } from './state-keys.js';
import type { StateStore, WriteBatch } from './state-store.js';

/** Keys of the history table: a block's diff, by block and piece; and which blocks have an image, by record. */
const BY_BLOCK = Uint8Array.of(0);
const BY_RECORD = 1;

const BLOCK_BYTES = 8;
const NO_BLOCK = new Uint8Array(BLOCK_BYTES).fill(0xff);

/** The first piece has no number. */
function pieceKey(blockNumber: number, piece: number): Uint8Array {
  const block = blockBytes(blockNumber);
  return piece === 0
    ? concatBytes(BY_BLOCK, block)
    : concatBytes(BY_BLOCK, block, blockBytes(piece).subarray(4));
}

/** Table and length of the key come first, so that no record's keys are the beginning of another's. */
function indexHeader(table: VersionedTable, keyLength: number): Uint8Array {
  return Uint8Array.of(BY_RECORD, VERSIONED_TABLES.indexOf(table), keyLength);
}

function indexKey(table: VersionedTable, key: Uint8Array, block: Uint8Array): Uint8Array {
  return concatBytes(indexHeader(table, key.length), key, block);
}

type HistoryRecord = readonly [Uint8Array, Uint8Array];

/**
 * Reverse diffs: for each block what it overwrote, in one record or, for large blocks, a few. Every record tells the
 * block that wrote it, and so does its image from before that block: thus a record's past is followed from change to
 * change. An index names the blocks of some of its changes (every 32nd, and each removal), so that the way is short.
 */
export class History {
  readonly #store: StateStore;

  constructor(store: StateStore) {
    this.#store = store;
  }

  /** The records that keep the diff of a block, by key. Sorts the changes. */
  encode(blockNumber: number, rootBefore: Hash, changes: RecordChange[]): HistoryRecord[] {
    const pieces = encodeDiff(rootBefore, changes.sort(compareChanges), needsIndex);
    const records = pieces.map((piece, i): HistoryRecord => [pieceKey(blockNumber, i), piece]);
    for (const change of changes) {
      if (!needsIndex(change)) continue;
      records.push([indexKey(change.table, change.key, blockBytes(blockNumber)), EMPTY_BYTES]);
    }
    return records;
  }

  /**
   * Takes changes that were made to the newest state without a block into the newest block's diff, as if that block
   * had made them: earlier states stay what they were. Stamps the changed records anew. Without a diff there is no
   * earlier state that could be read.
   */
  amend(batch: WriteBatch, blockNumber: number, changes: readonly RecordChange[]): void {
    const diff = this.#diff(blockNumber);
    if (diff === undefined) return;
    const merged = new Map<string, RecordChange>();
    for (const { table, key, image: before } of this.images(blockNumber)) {
      const after = this.#store.get(table, key);
      merged.set(recordId(table, key), { table, key, before, after });
    }
    for (const change of changes) {
      const { table, key, after } = change;
      const known = merged.get(recordId(table, key));
      if (known !== undefined && after !== undefined) stamp(after, blockNumber, known.before);
      merged.set(recordId(table, key), { ...change, before: (known ?? change).before });
    }
    this.forget(batch, blockNumber);
    for (const [key, value] of this.encode(blockNumber, diff.rootBefore, [...merged.values()])) {
      batch.put('history', key, value);
    }
  }

  /** The record as of a block that is older than the newest, or undefined if it did not exist. */
  recordAt(table: VersionedTable, key: Uint8Array, blockNumber: number): Uint8Array | undefined {
    let record = this.#store.get(table, key);
    if (record !== undefined && writtenAt(record) <= blockNumber) return record;
    let changedAt = this.#firstIndexed(table, key, blockNumber + 1);
    if (changedAt === undefined) {
      if (record === undefined) return undefined;
      changedAt = writtenAt(record);
    }
    do {
      record = this.#imageBefore(changedAt, table, key);
      if (record === undefined) return undefined;
      changedAt = writtenAt(record);
    } while (changedAt > blockNumber);
    return record;
  }

  /** Accounts or slots as of a block that is older than the newest, within a range of keys; in no order. */
  *rangeAt(
    table: LeafTable,
    gte: Uint8Array,
    lt: Uint8Array,
    blockNumber: number,
  ): Iterable<readonly [Uint8Array, Uint8Array]> {
    const keys = new Map<Hex, Uint8Array>();
    for (const [key] of this.#store.range(table, { gte, lt })) {
      if (key.length === LEAF_KEY_BYTES[table]) keys.set(bytesToHex(key), key);
    }
    // Whatever was there then and is no more, has its removal in the index.
    const header = indexHeader(table, LEAF_KEY_BYTES[table]);
    const range = { gte: concatBytes(header, gte), lt: concatBytes(header, lt) };
    for (const [entry] of this.#store.range('history', range)) {
      const key = entry.subarray(header.length, entry.length - BLOCK_BYTES);
      keys.set(bytesToHex(key), key);
    }
    for (const key of keys.values()) {
      const record = this.recordAt(table, key, blockNumber);
      if (record !== undefined) yield [key, record];
    }
  }

  /** The state root that a block started from. @throws StateError `CORRUPT_STATE` when that is not known */
  rootBefore(blockNumber: number): Hash {
    return this.#requireDiff(blockNumber).rootBefore;
  }

  /** Everything that a block overwrote. @throws StateError `CORRUPT_STATE` when that is not known */
  *images(blockNumber: number): Iterable<RecordImage> {
    const diff = this.#requireDiff(blockNumber);
    for (let piece = 0; piece <= diff.furtherPieces; piece++) {
      yield* readEntries(this.#entries(diff, blockNumber, piece));
    }
  }

  /** Removes the block's diff. False when there is none. */
  forget(batch: WriteBatch, blockNumber: number): boolean {
    const diff = this.#diff(blockNumber);
    if (diff === undefined) return false;
    const block = blockBytes(blockNumber);
    for (let piece = 0; piece <= diff.furtherPieces; piece++) {
      for (const { table, key } of readIndexed(this.#entries(diff, blockNumber, piece))) {
        batch.delete('history', indexKey(table, key, block));
      }
      batch.delete('history', pieceKey(blockNumber, piece));
    }
    return true;
  }

  #firstIndexed(table: VersionedTable, key: Uint8Array, fromBlock: number): number | undefined {
    const found = this.#store.range('history', {
      gte: indexKey(table, key, blockBytes(fromBlock)),
      lt: indexKey(table, key, NO_BLOCK),
      limit: 1,
    });
    for (const [entry] of found) return readBlockNumber(entry, entry.length - BLOCK_BYTES);
    return undefined;
  }

  /** What the record was before the block, which must be one that changed it. */
  #imageBefore(blockNumber: number, table: VersionedTable, key: Uint8Array) {
    const diff = this.#requireDiff(blockNumber);
    const entries = this.#entries(diff, blockNumber, diff.pieceOf(table, key));
    const entry = findEntry(entries, table, key);
    if (entry === undefined) throw corrupt(`the diff of block ${blockNumber} lacks a record`);
    return entry.image;
  }

  #entries(diff: BlockDiff, blockNumber: number, piece: number): Uint8Array {
    if (piece === 0) return diff.entries;
    const entries = this.#store.get('history', pieceKey(blockNumber, piece));
    if (entries === undefined) throw corrupt(`the diff of block ${blockNumber} is incomplete`);
    return entries;
  }

  #diff(blockNumber: number): BlockDiff | undefined {
    const head = this.#store.get('history', pieceKey(blockNumber, 0));
    return head && new BlockDiff(head);
  }

  #requireDiff(blockNumber: number): BlockDiff {
    const diff = this.#diff(blockNumber);
    if (diff === undefined) throw corrupt(`block ${blockNumber} has no reverse diff`);
    return diff;
  }
}

function needsIndex({ before, after }: RecordChange): boolean {
  return before !== undefined && isIndexed(before, after);
}

function corrupt(why: string): StateError {
  return new StateError(StateErrorCode.CorruptState, why);
}

function recordId(table: VersionedTable, key: Uint8Array): string {
  return `${table} ${bytesToHex(key)}`;
}
