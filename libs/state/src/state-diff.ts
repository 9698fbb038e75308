import {
  bigIntToMinimalBytes,
  bytesToHex,
  encodeRlp,
  type Hash,
  type Hex,
  hexToBytes,
  keccak256,
} from '@flotilla/common';
import {
  type Account,
  EMPTY_CODE_HASH,
  EMPTY_TRIE_ROOT,
  encodeAccount,
  encodeSlimAccount,
} from './account.js';
import type { JournaledState } from './journaled-state.js';
import type { OverlayAccount } from './overlay-account.js';
import type { RecordChange } from './record-change.js';
import {
  ACCOUNT_TRIE_PREFIX,
  accountKey,
  nodeKey,
  prefixEnd,
  slotBytes,
  slotKey,
  storageTriePrefix,
} from './state-keys.js';
import type { StateStore } from './state-store.js';
import type { Change } from './trie/change.js';
import { bytesToNibbles } from './trie/nibbles.js';
import { TrieUpdate } from './trie/trie-update.js';

/** Everything that committing an overlay writes, with what it overwrites. */
export interface StateDiff {
  readonly rootBefore: Hash;
  readonly rootAfter: Hash;
  readonly changes: readonly RecordChange[];
  readonly codes: ReadonlyMap<Hash, Uint8Array>;
}

function trieKey(key: Uint8Array): Uint8Array {
  return bytesToNibbles(keccak256(key));
}

/** Finds the dirty accounts and slots of an overlay and updates the tries for them, in memory. */
export class StateDiffBuilder {
  readonly #store: StateStore;
  readonly #changes: RecordChange[] = [];
  readonly #codes = new Map<Hash, Uint8Array>();
  readonly #leaves: Change[] = [];

  constructor(store: StateStore) {
    this.#store = store;
  }

  /** @param root of the state that the overlay began on */
  build(overlay: JournaledState, root: Hash): StateDiff {
    for (const account of overlay.overlayAccounts()) this.#addAccount(account);
    return {
      rootBefore: root,
      rootAfter: this.#updateTrie(ACCOUNT_TRIE_PREFIX, root, this.#leaves),
      changes: this.#changes,
      codes: this.#codes,
    };
  }

  #addAccount(overlay: OverlayAccount): void {
    const { address, base } = overlay;
    const storageRoot = this.#updateStorage(overlay);
    const { nonce, balance, codeHash } = overlay;
    if (overlay.exists && codeHash !== base?.codeHash && codeHash !== EMPTY_CODE_HASH) {
      this.#addCode(codeHash, overlay.code!);
    }
    const after: Account | undefined = overlay.exists
      ? { nonce, balance, codeHash, storageRoot }
      : undefined;
    if (isSame(base, after)) return;
    const key = accountKey(address);
    this.#changes.push({
      table: 'accounts',
      key,
      before: base && encodeSlimAccount(base),
      after: after && encodeSlimAccount(after),
    });
    this.#leaves.push({
      key: trieKey(key),
      value: after && encodeAccount(after),
      before: base === undefined ? null : encodeAccount(base),
    });
  }

  #addCode(hash: Hash, code: Uint8Array): void {
    if (this.#codes.has(hash) || this.#store.get('codes', hexToBytes(hash)) !== undefined) return;
    this.#codes.set(hash, code);
  }

  /** The account's storage root afterwards. */
  #updateStorage(overlay: OverlayAccount): Hash {
    const { address } = overlay;
    let root = overlay.base?.storageRoot ?? EMPTY_TRIE_ROOT;
    let erased: Map<Hex, Uint8Array> | undefined;
    let erasedNodes: Map<Hex, Uint8Array> | undefined;
    if (overlay.wiped && root !== EMPTY_TRIE_ROOT) {
      erased = this.#readPrefix('slots', accountKey(address));
      erasedNodes = this.#readPrefix('trie', storageTriePrefix(address));
      root = EMPTY_TRIE_ROOT;
    }
    const leaves = overlay.slots === undefined ? [] : this.#changeSlots(overlay, erased);
    if (erased !== undefined) this.#pushErased('slots', erased);
    root = this.#updateTrie(storageTriePrefix(address), root, leaves, erasedNodes);
    if (erasedNodes !== undefined) this.#pushErased('trie', erasedNodes);
    return root;
  }

  /** Leaves in `erased` what stays erased. */
  #changeSlots(overlay: OverlayAccount, erased: Map<Hex, Uint8Array> | undefined): Change[] {
    const leaves: Change[] = [];
    for (const [slot, { base, value }] of overlay.slots!.entries()) {
      if (base === value) continue;
      const key = slotKey(overlay.address, slot);
      const id = erased && bytesToHex(key);
      const before = id === undefined ? optionalBytes(base) : erased!.get(id);
      const after = optionalBytes(value);
      if (id !== undefined) erased!.delete(id);
      this.#changes.push({ table: 'slots', key, before, after });
      leaves.push({
        key: trieKey(slotBytes(slot)),
        value: after && encodeRlp(after),
        // An erased trie is built from nothing.
        before: erased !== undefined || before === undefined ? null : encodeRlp(before),
      });
    }
    return leaves;
  }

  /** Leaves in `erased` the nodes that the new trie has no successor for. */
  #updateTrie(
    prefix: Uint8Array,
    root: Hash,
    leaves: Change[],
    erased?: Map<Hex, Uint8Array>,
  ): Hash {
    if (leaves.length === 0) return root;
    const update = new TrieUpdate({
      read: (path) => this.#store.get('trie', nodeKey(prefix, path)),
    });
    const rootAfter = update.apply(root, leaves);
    for (const { path, before, after } of update.nodeChanges()) {
      const key = nodeKey(prefix, path);
      const id = erased && bytesToHex(key);
      this.#changes.push({ table: 'trie', key, before: id ? erased!.get(id) : before, after });
      if (id !== undefined) erased!.delete(id);
    }
    return rootAfter;
  }

  #readPrefix(table: 'slots' | 'trie', prefix: Uint8Array): Map<Hex, Uint8Array> {
    const records = new Map<Hex, Uint8Array>();
    for (const [key, value] of this.#store.range(table, { gte: prefix, lt: prefixEnd(prefix) })) {
      records.set(bytesToHex(key), value);
    }
    return records;
  }

  #pushErased(table: 'slots' | 'trie', records: Map<Hex, Uint8Array>): void {
    for (const [key, before] of records) {
      this.#changes.push({ table, key: hexToBytes(key), before, after: undefined });
    }
  }
}

function optionalBytes(value: bigint): Uint8Array | undefined {
  return value === 0n ? undefined : bigIntToMinimalBytes(value);
}

function isSame(a: Account | undefined, b: Account | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.nonce === b.nonce &&
    a.balance === b.balance &&
    a.codeHash === b.codeHash &&
    a.storageRoot === b.storageRoot
  );
}
