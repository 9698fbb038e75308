import {
  type Address,
  bigIntToMinimalBytes,
  bytesToHex,
  encodeRlp,
  type Hash,
  type Hex,
  hexToBytes,
} from '@flotilla/common';
import {
  type Account,
  EMPTY_CODE_HASH,
  EMPTY_TRIE_ROOT,
  encodeAccount,
  encodeSlimAccount,
} from './account.js';
import type { AccountRecord, FlatRecords, SlotRecord } from './flat-records.js';
import type { JournaledState } from './journaled-state.js';
import type { OverlayAccount } from './overlay-account.js';
import { type RecordChange, stamp, stamped } from './record-change.js';
import {
  ACCOUNT_TRIE_PREFIX,
  HASH_BYTES,
  nodeKey,
  prefixEnd,
  storageTriePrefix,
} from './state-keys.js';
import type { StateStore } from './state-store.js';
import { newestRecords, StoredTrie } from './stored-trie.js';
import type { Change } from './trie/change.js';
import { bytesToNibbles } from './trie/nibbles.js';
import { TrieUpdate } from './trie/trie-update.js';

/** Everything that committing an overlay writes, with what it overwrites. */
export interface StateDiff {
  readonly rootBefore: Hash;
  readonly rootAfter: Hash;
  readonly changes: RecordChange[];
  readonly codes: ReadonlyMap<Hash, Uint8Array>;
  /** Takes the new accounts and slots over into memory, once they are being written. */
  remember(): void;
}

/** Finds the dirty accounts and slots of an overlay and updates the tries for them, in memory. */
export class StateDiffBuilder {
  readonly #store: StateStore;
  readonly #flat: FlatRecords;
  readonly #blockNumber: number;
  readonly #changes: RecordChange[] = [];
  readonly #codes = new Map<Hash, Uint8Array>();
  readonly #leaves: Change[] = [];
  readonly #accounts: (readonly [Address, AccountRecord])[] = [];
  readonly #slots: (readonly [Address, bigint, SlotRecord])[] = [];
  #erased = false;

  constructor(store: StateStore, flat: FlatRecords, blockNumber: number) {
    this.#store = store;
    this.#flat = flat;
    this.#blockNumber = blockNumber;
  }

  /** @param root of the state that the overlay began on */
  build(overlay: JournaledState, root: Hash): StateDiff {
    for (const account of overlay.overlayAccounts()) this.#addAccount(account);
    return {
      rootBefore: root,
      rootAfter: this.#updateTrie(undefined, root, this.#leaves),
      changes: this.#changes,
      codes: this.#codes,
      remember: () => this.#remember(),
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
    const { key, record: before } = this.#flat.account(address);
    const record = after && stamped(encodeSlimAccount(after), this.#blockNumber, before);
    this.#changes.push({ table: 'accounts', key, before, after: record });
    this.#accounts.push([address, { key, record, account: after }]);
    this.#leaves.push({
      key: bytesToNibbles(key),
      value: after && encodeAccount(after),
      existed: base !== undefined,
    });
  }

  #addCode(hash: Hash, code: Uint8Array): void {
    if (this.#codes.has(hash) || this.#store.get('codes', hexToBytes(hash)) !== undefined) return;
    this.#codes.set(hash, code);
  }

  /** The account's storage root afterwards. */
  #updateStorage(overlay: OverlayAccount): Hash {
    if (!overlay.wiped && overlay.slots === undefined) {
      return overlay.base?.storageRoot ?? EMPTY_TRIE_ROOT;
    }
    const { key } = this.#flat.account(overlay.address);
    let root = overlay.base?.storageRoot ?? EMPTY_TRIE_ROOT;
    let erased: Map<Hex, Uint8Array> | undefined;
    let erasedNodes: Map<Hex, Uint8Array> | undefined;
    if (overlay.wiped && root !== EMPTY_TRIE_ROOT) {
      erased = this.#readPrefix('slots', key);
      erasedNodes = this.#readPrefix('trie', storageTriePrefix(key));
      root = EMPTY_TRIE_ROOT;
      this.#erased = true;
    }
    const leaves = overlay.slots === undefined ? [] : this.#changeSlots(overlay, erased);
    if (erased !== undefined) this.#pushErased('slots', erased);
    root = this.#updateTrie(key, root, leaves, erasedNodes);
    if (erasedNodes !== undefined) this.#pushErased('trie', erasedNodes);
    return root;
  }

  /** Leaves in `erased` what stays erased. */
  #changeSlots(overlay: OverlayAccount, erased: Map<Hex, Uint8Array> | undefined): Change[] {
    const leaves: Change[] = [];
    for (const [slot, { base, value }] of overlay.slots!.entries()) {
      if (base === value) continue;
      const known = this.#flat.slot(overlay.address, slot);
      const { key } = known;
      const id = erased && bytesToHex(key);
      const before = id === undefined ? known.record : erased!.get(id);
      const bytes = optionalBytes(value);
      const after = bytes && stamped(bytes, this.#blockNumber, before);
      if (id !== undefined) erased!.delete(id);
      this.#changes.push({ table: 'slots', key, before, after });
      this.#slots.push([overlay.address, slot, { key, record: after, value }]);
      leaves.push({
        key: bytesToNibbles(key.subarray(HASH_BYTES)),
        value: bytes && encodeRlp(bytes),
        // An erased trie is built from nothing.
        existed: erased === undefined && before !== undefined,
      });
    }
    return leaves;
  }

  /** Leaves in `erased` the nodes that the new trie has no successor for. */
  #updateTrie(
    account: Uint8Array | undefined,
    root: Hash,
    leaves: Change[],
    erased?: Map<Hex, Uint8Array>,
  ): Hash {
    if (leaves.length === 0) return root;
    const update = new TrieUpdate(new StoredTrie(newestRecords(this.#store), account));
    const rootAfter = update.apply(root, leaves);
    const prefix = account === undefined ? ACCOUNT_TRIE_PREFIX : storageTriePrefix(account);
    for (const { path, before: read, after } of update.nodeChanges()) {
      const key = nodeKey(prefix, path);
      const id = erased && bytesToHex(key);
      const before = id ? erased!.get(id) : read;
      if (after !== undefined) stamp(after, this.#blockNumber, before);
      this.#changes.push({ table: 'trie', key, before, after });
      if (id !== undefined) erased!.delete(id);
    }
    return rootAfter;
  }

  #remember(): void {
    if (this.#erased) this.#flat.forgetSlots();
    for (const [address, record] of this.#accounts) this.#flat.setAccount(address, record);
    for (const [address, slot, record] of this.#slots) this.#flat.setSlot(address, slot, record);
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
