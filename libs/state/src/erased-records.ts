import { bytesToHex, type Hex, hexToBytes } from '@flotilla/common';
import type { RecordChange, VersionedTable } from './record-change.js';
import { prefixEnd, storageTriePrefix } from './state-keys.js';
import type { StateStore } from './state-store.js';

/** All that the storage of an account consisted of, less what takes its place. */
export class ErasedRecords {
  readonly #tables: ReadonlyMap<VersionedTable, Map<Hex, Uint8Array>>;

  constructor(store: StateStore, account: Uint8Array) {
    this.#tables = new Map([
      ['slots', readPrefix(store, 'slots', account)],
      ['trie', readPrefix(store, 'trie', storageTriePrefix(account))],
    ]);
  }

  /** The record that was there, if there was one: it is overwritten, not erased. */
  take(table: VersionedTable, key: Uint8Array): Uint8Array | undefined {
    const records = this.#tables.get(table);
    const id = bytesToHex(key);
    const record = records?.get(id);
    records?.delete(id);
    return record;
  }

  *changes(): Iterable<RecordChange> {
    for (const [table, records] of this.#tables) {
      for (const [key, before] of records) {
        yield { table, key: hexToBytes(key), before, after: undefined };
      }
    }
  }
}

function readPrefix(
  store: StateStore,
  table: VersionedTable,
  prefix: Uint8Array,
): Map<Hex, Uint8Array> {
  const records = new Map<Hex, Uint8Array>();
  for (const [key, value] of store.range(table, { gte: prefix, lt: prefixEnd(prefix) })) {
    records.set(bytesToHex(key), value);
  }
  return records;
}
