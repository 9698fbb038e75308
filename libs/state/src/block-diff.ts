import { bytesToHex, compareBytes, type Hash } from '@flotilla/common';
import { type RecordChange, VERSIONED_TABLES, type VersionedTable } from './record-change.js';
import { writeHex } from './state-keys.js';

/** A larger diff is cut in pieces of about this size, so that to find one image is to read little. */
const PIECE_BYTES = 16_000;

const HASH_BYTES = 32;
const HEADER_BYTES = HASH_BYTES + 8;

/** One record that a block changed, and what it was before: undefined if it did not exist. */
export interface RecordImage {
  readonly table: VersionedTable;
  readonly key: Uint8Array;
  readonly image: Uint8Array | undefined;
}

/** Writes a diff's entries, in order: length of key, table and flag, key, length of the image (2 bytes), image. */
const INDEXED = 0x80;
const ABSENT = 0x40;
const TABLE_MASK = 0x0f;
const ENTRY_HEADER_BYTES = 4;

function entryLength({ key, before }: RecordChange): number {
  return ENTRY_HEADER_BYTES + key.length + (before?.length ?? 0);
}

function writeEntry(
  target: Uint8Array,
  at: number,
  change: RecordChange,
  indexed: boolean,
): number {
  const { table, key, before } = change;
  const length = before?.length ?? 0;
  target[at] = key.length;
  target[at + 1] =
    VERSIONED_TABLES.indexOf(table) | (before === undefined ? ABSENT : 0) | (indexed ? INDEXED : 0);
  target[at + 2] = length >>> 8;
  target[at + 3] = length;
  target.set(key, at + ENTRY_HEADER_BYTES);
  if (before !== undefined) target.set(before, at + ENTRY_HEADER_BYTES + key.length);
  return at + ENTRY_HEADER_BYTES + key.length + length;
}

function readEntry(bytes: Uint8Array, at: number): RecordImage {
  const keyAt = at + ENTRY_HEADER_BYTES;
  const imageAt = keyAt + bytes[at];
  const flags = bytes[at + 1];
  const end = nextEntry(bytes, at);
  return {
    table: VERSIONED_TABLES[flags & TABLE_MASK],
    key: bytes.subarray(keyAt, imageAt),
    image: (flags & ABSENT) === 0 ? bytes.subarray(imageAt, end) : undefined,
  };
}

function nextEntry(bytes: Uint8Array, at: number): number {
  return at + ENTRY_HEADER_BYTES + bytes[at] + bytes[at + 2] * 256 + bytes[at + 3];
}

/** Negative when the entry at `at` comes before the record. */
function compareEntry(bytes: Uint8Array, at: number, table: number, key: Uint8Array): number {
  const difference = (bytes[at + 1] & TABLE_MASK) - table;
  if (difference !== 0) return difference;
  const length = bytes[at];
  const shared = Math.min(length, key.length);
  for (let i = 0; i < shared; i++) {
    const differs = bytes[at + ENTRY_HEADER_BYTES + i] - key[i];
    if (differs !== 0) return differs;
  }
  return length - key.length;
}

/** By table, then by key. */
export function compareChanges(a: RecordChange, b: RecordChange): number {
  if (a.table !== b.table) {
    return VERSIONED_TABLES.indexOf(a.table) - VERSIONED_TABLES.indexOf(b.table);
  }
  return compareBytes(a.key, b.key);
}

/**
 * The diff of a block as records: the first begins with the state root before the block, the number of further
 * pieces, and the entry that each of those starts with (its image left out).
 * @param changes sorted by compareChanges
 */
export function encodeDiff(
  rootBefore: Hash,
  changes: readonly RecordChange[],
  isIndexed: (change: RecordChange) => boolean,
): Uint8Array[] {
  const starts = [0];
  const lengths = [0];
  let directoryBytes = 0;
  changes.forEach((change, i) => {
    const length = entryLength(change);
    const piece = lengths.length - 1;
    if (lengths[piece] > 0 && lengths[piece] + length > PIECE_BYTES) {
      starts.push(i);
      lengths.push(length);
      directoryBytes += ENTRY_HEADER_BYTES + change.key.length;
    } else lengths[piece] += length;
  });
  const headBytes = HEADER_BYTES + directoryBytes;
  const pieces = lengths.map((length, i) => new Uint8Array(i === 0 ? headBytes + length : length));
  const [head] = pieces;
  writeHex(head, 0, rootBefore);
  new DataView(head.buffer).setUint32(HASH_BYTES, pieces.length - 1);
  new DataView(head.buffer).setUint32(HASH_BYTES + 4, directoryBytes);
  let directoryAt = HEADER_BYTES;
  for (const start of starts.slice(1)) {
    const first = { ...changes[start], before: undefined };
    directoryAt = writeEntry(head, directoryAt, first, false);
  }
  pieces.forEach((piece, i) => {
    let at = i === 0 ? headBytes : 0;
    const end = starts[i + 1] ?? changes.length;
    for (let c = starts[i]; c < end; c++)
      at = writeEntry(piece, at, changes[c], isIndexed(changes[c]));
  });
  return pieces;
}

/** The first record of a block's diff. */
export class BlockDiff {
  readonly #head: Uint8Array;
  readonly #view: DataView;

  constructor(head: Uint8Array) {
    this.#head = head;
    this.#view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  }

  /** The state root that the block started from. */
  get rootBefore(): Hash {
    return bytesToHex(this.#head.subarray(0, HASH_BYTES));
  }

  /** How many records the diff has beside this one. */
  get furtherPieces(): number {
    return this.#view.getUint32(HASH_BYTES);
  }

  /** The entries that lie in this record. */
  get entries(): Uint8Array {
    return this.#head.subarray(this.#entriesAt);
  }

  /** In which piece a record's image is if it is in any; 0 is this record. */
  pieceOf(table: VersionedTable, key: Uint8Array): number {
    const index = VERSIONED_TABLES.indexOf(table);
    let piece = 0;
    for (let at = HEADER_BYTES; at < this.#entriesAt; at = nextEntry(this.#head, at)) {
      if (compareEntry(this.#head, at, index, key) > 0) break;
      piece++;
    }
    return piece;
  }

  get #entriesAt(): number {
    return HEADER_BYTES + this.#view.getUint32(HASH_BYTES + 4);
  }
}

export function* readEntries(entries: Uint8Array): Iterable<RecordImage> {
  for (let at = 0; at < entries.length; at = nextEntry(entries, at)) yield readEntry(entries, at);
}

/** Those that have an entry by record: few of them, so that pruning looks at hardly any. */
export function* readIndexed(entries: Uint8Array): Iterable<RecordImage> {
  for (let at = 0; at < entries.length; at = nextEntry(entries, at)) {
    if ((entries[at + 1] & INDEXED) !== 0) yield readEntry(entries, at);
  }
}

/** Undefined when the block did not change the record. */
export function findEntry(
  entries: Uint8Array,
  table: VersionedTable,
  key: Uint8Array,
): RecordImage | undefined {
  const index = VERSIONED_TABLES.indexOf(table);
  for (let at = 0; at < entries.length; at = nextEntry(entries, at)) {
    const order = compareEntry(entries, at, index, key);
    if (order === 0) return readEntry(entries, at);
    if (order > 0) return undefined;
  }
  return undefined;
}
