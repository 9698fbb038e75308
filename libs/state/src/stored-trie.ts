import { encodeRlp } from '@flotilla/common';
import { decodeAccount, encodeAccount } from './account.js';
import { bodyOf, type VersionedTable } from './record-change.js';
import { ACCOUNT_TRIE_PREFIX, nodeKey, pathRange, storageTriePrefix } from './state-keys.js';
import type { StateStore } from './state-store.js';
import { encodeLeaf } from './trie/encode-node.js';
import { bytesToNibbles } from './trie/nibbles.js';
import type { NodePath, NodeSource } from './trie/node-path.js';
import { encodedNode } from './trie/stored-node.js';
import type { TrieLeaf, TrieSource } from './trie/trie-update.js';

/** The versioned records as of some block. */
export interface VersionedRecords {
  get(table: VersionedTable, key: Uint8Array): Uint8Array | undefined;
  /** Those with keys from `gte` up to below `lt`; at least one if there are any. */
  range(
    table: 'accounts' | 'slots',
    gte: Uint8Array,
    lt: Uint8Array,
  ): Iterable<readonly [Uint8Array, Uint8Array]>;
}

export function newestRecords(store: StateStore): VersionedRecords {
  return {
    get: (table, key) => store.get(table, key),
    range: (table, gte, lt) => store.range(table, { gte, lt, limit: 1 }),
  };
}

/**
 * The account trie or one storage trie over the records: inner nodes from the trie table, leaves from the flat
 * records that they stand for.
 */
export class StoredTrie implements TrieSource, NodeSource {
  readonly #records: VersionedRecords;
  /** Of an account, for its storage; undefined for the account trie. */
  readonly #account: Uint8Array | undefined;
  readonly #prefix: Uint8Array;

  constructor(records: VersionedRecords, account?: Uint8Array) {
    this.#records = records;
    this.#account = account;
    this.#prefix = account === undefined ? ACCOUNT_TRIE_PREFIX : storageTriePrefix(account);
  }

  node(path: NodePath): Uint8Array | undefined {
    return this.#records.get('trie', nodeKey(this.#prefix, path));
  }

  leaf(path: NodePath): TrieLeaf | undefined {
    const account = this.#account;
    const table = account === undefined ? 'accounts' : 'slots';
    const { gte, lt } = pathRange(account, path);
    for (const [key, record] of this.#records.range(table, gte, lt)) {
      return {
        key: bytesToNibbles(account === undefined ? key : key.subarray(account.length)),
        value: leafValue(table, record),
      };
    }
    return undefined;
  }

  read(path: NodePath): Uint8Array | undefined {
    const record = this.node(path);
    if (record !== undefined) return encodedNode(record);
    const leaf = this.leaf(path);
    return leaf && encodeLeaf(leaf.key.subarray(path.length), leaf.value);
  }
}

/** What the trie holds of a flat record. */
function leafValue(table: 'accounts' | 'slots', record: Uint8Array): Uint8Array {
  const body = bodyOf(record);
  return table === 'slots' ? encodeRlp(body) : encodeAccount(decodeAccount(body));
}
