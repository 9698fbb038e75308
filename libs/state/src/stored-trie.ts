import { encodeRlp } from '@flotilla/common';
import { decodeAccount, encodeAccount } from './account.js';
import { bodyOf, type VersionedTable } from './record-change.js';
import { LEAF_KEY_BYTES, type LeafTable, nodePlace, pathRange } from './state-keys.js';
import type { StateStore } from './state-store.js';
import { encodeLeaf } from './trie/encode-node.js';
import { bytesToNibbles } from './trie/nibbles.js';
import type { NodePath, NodeSource } from './trie/node-path.js';
import { encodedNode } from './trie/stored-node.js';
import type { TrieLeaf, TrieSource } from './trie/trie-update.js';

/** The versioned records as of some block. */
export interface VersionedRecords {
  get(table: VersionedTable, key: Uint8Array): Uint8Array | undefined;
  /** Accounts or slots, no nodes, with keys from `gte` up to below `lt`. */
  range(
    table: LeafTable,
    gte: Uint8Array,
    lt: Uint8Array,
  ): Iterable<readonly [Uint8Array, Uint8Array]>;
}

export function newestRecords(store: StateStore): VersionedRecords {
  return {
    get: (table, key) => store.get(table, key),
    range: (table, gte, lt) => leavesIn(table, store.range(table, { gte, lt })),
  };
}

function* leavesIn(
  table: LeafTable,
  entries: Iterable<readonly [Uint8Array, Uint8Array]>,
): Iterable<readonly [Uint8Array, Uint8Array]> {
  for (const entry of entries) if (entry[0].length === LEAF_KEY_BYTES[table]) yield entry;
}

/**
 * The account trie or one storage trie over the records: inner nodes from where they lie, leaves from the flat
 * records that they stand for.
 */
export class StoredTrie implements TrieSource, NodeSource {
  readonly #records: VersionedRecords;
  /** Of an account, for its storage; undefined for the account trie. */
  readonly #account: Uint8Array | undefined;

  constructor(records: VersionedRecords, account?: Uint8Array) {
    this.#records = records;
    this.#account = account;
  }

  node(path: NodePath): Uint8Array | undefined {
    const { table, key } = nodePlace(this.#account, path);
    return this.#records.get(table, key);
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
function leafValue(table: LeafTable, record: Uint8Array): Uint8Array {
  const body = bodyOf(record);
  return table === 'slots' ? encodeRlp(body) : encodeAccount(decodeAccount(body));
}
