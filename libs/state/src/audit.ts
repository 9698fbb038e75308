import {
  bytesToHex,
  encodeRlp,
  equalBytes,
  type Hash,
  hexToBytes,
  keccak256Hex,
} from '@flotilla/common';
import {
  type Account,
  decodeAccount,
  EMPTY_CODE_HASH,
  EMPTY_TRIE_ROOT,
  encodeAccount,
} from './account.js';
import { StateError, StateErrorCode } from './errors.js';
import { bodyOf } from './record-change.js';
import {
  ACCOUNT_TRIE_PREFIX,
  HASH_BYTES,
  nodeKey,
  prefixEnd,
  storageTriePrefix,
} from './state-keys.js';
import type { StateStore, Table } from './state-store.js';
import type { NodeSource } from './trie/node-path.js';
import { findValue } from './trie/prove.js';
import { walkTrie } from './trie/walk.js';

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
 * Reads the whole newest state: every trie node has its hash, every leaf its flat record and every flat record its
 * leaf, every code its hash, and there is nothing else. Takes some 50 µs per record, and no memory to speak of.
 * @throws StateError `CORRUPT_STATE` at the first thing wrong; whatever the store throws on a damaged record
 */
export function auditState(store: StateStore, root: Hash): StateAudit {
  const accountTrie = nodesOf(store, ACCOUNT_TRIE_PREFIX);
  let { leaves, nodes } = auditTrie(accountTrie, root);
  let accounts = 0;
  let slots = 0;
  for (const [key, record] of store.range('accounts', {})) {
    const account = decodeAccount(bodyOf(record));
    const leaf = findValue(accountTrie, root, key);
    if (leaf === undefined || !equalBytes(leaf, encodeAccount(account))) {
      throw corrupt(`the trie has another account ${bytesToHex(key)}`);
    }
    auditCode(store, account.codeHash);
    const storage = auditStorage(store, key, account);
    accounts++;
    slots += storage.slots;
    nodes += storage.nodes;
  }
  if (accounts !== leaves) throw corrupt('the trie has accounts without a flat record');
  if (count(store, 'slots') !== slots) throw corrupt('there are slots of accounts without storage');
  if (count(store, 'trie') !== nodes) throw corrupt('there are trie nodes that nothing refers to');
  return { accounts, slots, nodes };
}

function auditStorage(store: StateStore, prefix: Uint8Array, account: Account) {
  const root = account.storageRoot;
  const trie = nodesOf(store, storageTriePrefix(prefix));
  const { leaves, nodes } = auditTrie(trie, root);
  if (root === EMPTY_TRIE_ROOT) return { slots: 0, nodes };
  let slots = 0;
  for (const [key, value] of store.range('slots', { gte: prefix, lt: prefixEnd(prefix) })) {
    const leaf = findValue(trie, root, key.subarray(HASH_BYTES));
    if (leaf === undefined || !equalBytes(leaf, encodeRlp(bodyOf(value)))) {
      throw corrupt(`the trie has another value in slot ${bytesToHex(key)}`);
    }
    slots++;
  }
  if (slots !== leaves) throw corrupt(`${bytesToHex(prefix)} has slots without a flat record`);
  return { slots, nodes };
}

function auditTrie(source: NodeSource, root: Hash): { leaves: number; nodes: number } {
  let leaves = 0;
  let nodes = 0;
  for (const _ of walkTrie(source, root, () => nodes++)) leaves++;
  return { leaves, nodes };
}

function auditCode(store: StateStore, hash: Hash): void {
  if (hash === EMPTY_CODE_HASH) return;
  const code = store.get('codes', hexToBytes(hash));
  if (code === undefined || keccak256Hex(code) !== hash) {
    throw corrupt(`the code ${hash} is missing or another`);
  }
}

function nodesOf(store: StateStore, prefix: Uint8Array): NodeSource {
  return {
    read: (path) => {
      const record = store.get('trie', nodeKey(prefix, path));
      return record && bodyOf(record);
    },
  };
}

function count(store: StateStore, table: Table): number {
  let records = 0;
  for (const _ of store.range(table, {})) records++;
  return records;
}
