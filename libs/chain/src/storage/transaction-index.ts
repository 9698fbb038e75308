import { type Hash, hexToBytes, writeHex } from '@flotilla/common';
import type { StateStore, WriteBatch } from '@flotilla/state';
import type { Transaction } from '../transaction/types.js';
import { chunkKey, RUN_KEYS, readRunKey, runKey } from './keys.js';

/**
 * Where transactions are, by hash. One record per transaction would touch a page of the store for each; so a block's
 * entries, sorted by hash, are one run, and runs are merged as they get many (a log-structured merge). An entry:
 * 8 bytes of the hash, block number (5), position (3). Whoever looks up compares the whole hash.
 */
export interface TransactionLocation {
  readonly number: number;
  /** Position in the block. */
  readonly index: number;
}

const ENTRY_BYTES = 16;
const PREFIX_BYTES = 8;
/** A run of so many entries is not merged any more. */
const FINAL_ENTRIES = 65_536;
/** So many runs of one tier become one of the next. */
const FAN_IN = 16;
/** A run is stored in chunks of about so many entries, by the first bits of the hash: a lookup reads one of them. */
const CHUNK_ENTRIES = 64;
const MAX_CHUNK_BITS = 10;
const FINAL_TIER = 255;
/** Room for an entry's position beside 32 bits of its hash, in a number. */
const MAX_ENTRIES = 2 ** 21;

interface Run {
  /** Number of its first block. */
  readonly first: number;
  readonly tier: number;
  readonly chunkBits: number;
  readonly count: number;
}

/** Adds a block's transactions. Reads the runs that it merges them with from the store. */
export function indexTransactions(
  store: StateStore,
  batch: WriteBatch,
  number: number,
  transactions: readonly Transaction[],
): void {
  if (transactions.length === 0) return;
  const open = openRuns(store, number, batch);
  let merged: Run[] = [];
  let count = transactions.length;
  let tier = 0;
  const sum = (runs: readonly Run[]) => runs.reduce((total, run) => total + run.count, 0);
  if (count + sum(open) >= FINAL_ENTRIES) {
    merged = open;
    tier = FINAL_TIER;
  } else {
    while (isFull(open, tier)) {
      merged = [...open.splice(1 - FAN_IN), ...merged];
      tier++;
    }
  }
  count += sum(merged);
  const entries = new Uint8Array(ENTRY_BYTES * count);
  let at = 0;
  for (const run of merged) at = takeRun(store, batch, run, entries, at);
  writeEntries(transactions, number, entries, at);
  putRun(batch, { first: merged[0]?.first ?? number, tier, count }, sortEntries(entries));
}

/** Candidates, newest first: blocks that hold a transaction whose hash begins like this one. */
export function* locateTransaction(store: StateStore, hash: Hash): Iterable<TransactionLocation> {
  const prefix = hexToBytes(hash.slice(0, 2 + 2 * PREFIX_BYTES));
  const head = readHead(prefix, 0);
  for (const [key, value] of store.range('indexes', { ...RUN_KEYS, reverse: true })) {
    const { first, chunkBits } = readRun(key, value);
    const chunk = store.get('indexes', chunkKey(first, chunkOf(head, chunkBits)));
    if (chunk !== undefined) yield* findInChunk(chunk, prefix, head);
  }
}

/** How many entries the runs say they have, and how many their chunks hold; and of how many records they are made. */
export function measureTransactionIndex(store: StateStore) {
  const measured = { records: 0, announced: 0, held: 0 };
  for (const [key, value] of store.range('indexes', RUN_KEYS)) {
    const { first, chunkBits, count } = readRun(key, value);
    measured.records++;
    measured.announced += count;
    for (let chunk = 0; chunk < 2 ** chunkBits; chunk++) {
      const entries = store.get('indexes', chunkKey(first, chunk));
      if (entries === undefined) continue;
      measured.records++;
      measured.held += entries.length / ENTRY_BYTES;
    }
  }
  return measured;
}

/** The runs that may still be merged, oldest first. What a block of that number would replace is deleted. */
function openRuns(store: StateStore, number: number, batch: WriteBatch): Run[] {
  const runs: Run[] = [];
  for (const [key, value] of store.range('indexes', { ...RUN_KEYS, reverse: true })) {
    const run = readRun(key, value);
    if (run.first >= number) {
      deleteRun(batch, run);
      continue;
    }
    if (run.tier === FINAL_TIER) break;
    runs.unshift(run);
  }
  return runs;
}

/** Whether one more run of that tier makes as many as are merged. */
function isFull(runs: readonly Run[], tier: number): boolean {
  if (runs.length < FAN_IN - 1) return false;
  return runs.slice(1 - FAN_IN).every((run) => run.tier === tier);
}

/** Moves a run's entries from the store to the array; returns where the next ones go. */
function takeRun(
  store: StateStore,
  batch: WriteBatch,
  run: Run,
  target: Uint8Array,
  at: number,
): number {
  let end = at;
  for (let chunk = 0; chunk < 2 ** run.chunkBits; chunk++) {
    const entries = store.get('indexes', chunkKey(run.first, chunk));
    if (entries === undefined) continue;
    target.set(entries, end);
    end += entries.length;
  }
  deleteRun(batch, run);
  return end;
}

function deleteRun(batch: WriteBatch, { first, chunkBits }: Run): void {
  batch.delete('indexes', runKey(first));
  for (let chunk = 0; chunk < 2 ** chunkBits; chunk++) {
    batch.delete('indexes', chunkKey(first, chunk));
  }
}

function putRun(batch: WriteBatch, run: Omit<Run, 'chunkBits'>, entries: Uint8Array): void {
  const wanted = Math.ceil(Math.log2(run.count / CHUNK_ENTRIES));
  const chunkBits = Math.min(MAX_CHUNK_BITS, Math.max(0, wanted));
  const record = new Uint8Array(6);
  record[0] = run.tier;
  record[1] = chunkBits;
  new DataView(record.buffer).setUint32(2, run.count);
  batch.put('indexes', runKey(run.first), record);
  for (let from = 0; from < entries.length; ) {
    const chunk = chunkOf(readHead(entries, from), chunkBits);
    let to = from + ENTRY_BYTES;
    while (to < entries.length && chunkOf(readHead(entries, to), chunkBits) === chunk) {
      to += ENTRY_BYTES;
    }
    batch.put('indexes', chunkKey(run.first, chunk), entries.subarray(from, to));
    from = to;
  }
}

function readRun(key: Uint8Array, record: Uint8Array): Run {
  const count = new DataView(record.buffer, record.byteOffset).getUint32(2);
  return { first: readRunKey(key), tier: record[0], chunkBits: record[1], count };
}

function writeEntries(
  transactions: readonly Transaction[],
  number: number,
  target: Uint8Array,
  from: number,
): void {
  const view = new DataView(target.buffer);
  for (let i = 0, at = from; i < transactions.length; i++, at += ENTRY_BYTES) {
    writeHex(transactions[i].hash, 2, target, at, 2 + 2 * PREFIX_BYTES);
    view.setUint32(at + 8, Math.floor(number / 256));
    view.setUint32(at + 12, ((number & 255) << 24) | i);
  }
}

function readLocation(entries: Uint8Array, at: number): TransactionLocation {
  const view = new DataView(entries.buffer, entries.byteOffset + at, ENTRY_BYTES);
  const low = view.getUint32(12);
  return { number: view.getUint32(8) * 256 + (low >>> 24), index: low & 0xff_ffff };
}

/** The first 32 bits, by which entries are sorted. */
function readHead(bytes: Uint8Array, at: number): number {
  return bytes[at] * 0x100_0000 + ((bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]);
}

const chunkOf = (head: number, chunkBits: number) => Math.floor(head / 2 ** (32 - chunkBits));

/** By the first 32 bits. Numbers sort natively, many times as fast as entries with a comparison of ours. */
function sortEntries(entries: Uint8Array): Uint8Array {
  const count = entries.length / ENTRY_BYTES;
  const order = new Float64Array(count);
  for (let i = 0; i < count; i++) order[i] = readHead(entries, i * ENTRY_BYTES) * MAX_ENTRIES + i;
  order.sort();
  const words = new Uint32Array(entries.buffer);
  const sorted = new Uint32Array(words.length);
  for (let i = 0, to = 0; i < count; i++) {
    const from = 4 * (order[i] % MAX_ENTRIES);
    for (let j = 0; j < 4; j++) sorted[to++] = words[from + j];
  }
  return new Uint8Array(sorted.buffer);
}

function* findInChunk(
  chunk: Uint8Array,
  prefix: Uint8Array,
  head: number,
): Iterable<TransactionLocation> {
  let low = 0;
  let high = chunk.length / ENTRY_BYTES;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (readHead(chunk, middle * ENTRY_BYTES) < head) low = middle + 1;
    else high = middle;
  }
  for (let at = low * ENTRY_BYTES; at < chunk.length; at += ENTRY_BYTES) {
    if (readHead(chunk, at) !== head) return;
    if (prefix.every((byte, i) => chunk[at + i] === byte)) yield readLocation(chunk, at);
  }
}
