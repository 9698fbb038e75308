import { type Hash, hexToBytes, keccak256Hex } from '@flotilla/common';
import { decodeAccount, EMPTY_CODE_HASH } from './account.js';
import { StateError, StateErrorCode } from './errors.js';
import { LEAF_KEY_BYTES, type LeafTable } from './state-keys.js';
import type { StateStore, Table } from './state-store.js';
import { newestRecords, StoredTrie } from './stored-trie.js';
import { type TrieEntry, walkTrie } from './trie/walk.js';

/** How much an audit went through. */
export interface StateAudit {
  readonly accounts: number;
  readonly slots: number;
  readonly nodes: number;
}

function corrupt(why: string): StateError {
  return new StateError(StateErrorCode.CorruptState, why);
}

/**
 * Reads the whole newest state: every trie node has its hash, every leaf is a flat record and every flat record a
 * leaf, every code has its hash, and there is nothing else. Takes some 50 µs per record, and no memory to speak of.
 * @throws StateError `CORRUPT_STATE` at the first thing wrong; whatever the store throws on a damaged record
 */
export function auditState(store: StateStore, root: Hash): StateAudit {
  const audit = { accounts: 0, slots: 0, nodes: 0 };
  const records = newestRecords(store);
  for (const { path, value } of auditTrie(new StoredTrie(records), root, audit)) {
    const account = decodeAccount(value);
    auditCode(store, account.codeHash);
    const storage = new StoredTrie(records, hexToBytes(`0x${path}`));
    for (const _ of auditTrie(storage, account.storageRoot, audit)) audit.slots++;
    audit.accounts++;
  }
  // Each leaf is made from the one record that it stands for: equal numbers leave none over.
  const accounts = countRecords(store, 'accounts');
  const slots = countRecords(store, 'slots');
  if (accounts.leaves !== audit.accounts) throw corrupt('there are accounts without a leaf');
  if (slots.leaves !== audit.slots) throw corrupt('there are slots without a leaf');
  if (accounts.nodes + slots.nodes + count(store, 'trie') !== audit.nodes) {
    throw corrupt('there are trie nodes that nothing refers to');
  }
  return audit;
}

function auditTrie(trie: StoredTrie, root: Hash, audit: { nodes: number }): Iterable<TrieEntry> {
  return walkTrie(trie, root, (path) => {
    if (trie.node(path) !== undefined) audit.nodes++;
  });
}

function auditCode(store: StateStore, hash: Hash): void {
  if (hash === EMPTY_CODE_HASH) return;
  const code = store.get('codes', hexToBytes(hash));
  if (code === undefined || keccak256Hex(code) !== hash) {
    throw corrupt(`the code ${hash} is missing or another`);
  }
}

function countRecords(store: StateStore, table: LeafTable): { leaves: number; nodes: number } {
  const counts = { leaves: 0, nodes: 0 };
  for (const [key] of store.range(table, {})) {
    if (key.length === LEAF_KEY_BYTES[table]) counts.leaves++;
    else counts.nodes++;
  }
  return counts;
}

function count(store: StateStore, table: Table): number {
  let records = 0;
  for (const _ of store.range(table, {})) records++;
  return records;
}
