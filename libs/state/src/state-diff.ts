import {
  type Address,
  bigIntToMinimalBytes,
  encodeRlp,
  type Hash,
  hexToBytes,
} from '@flotilla/common';
import {
  type Account,
  EMPTY_CODE_HASH,
  EMPTY_TRIE_ROOT,
  encodeAccount,
  encodeSlimAccount,
} from './account.js';
import { ErasedRecords } from './erased-records.js';
import type { AccountRecord, FlatRecords, SlotRecord } from './flat-records.js';
import type { JournaledState } from './journaled-state.js';
import type { OverlayAccount } from './overlay-account.js';
import { type RecordChange, STAMP_BYTES, stamp, stamped } from './record-change.js';
import { HASH_BYTES, nodePlace } from './state-keys.js';
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

/** A change of a trie with the record that stands for its leaf. */
interface LeafChange extends Change {
  readonly record: RecordChange;
}

const ACCOUNTS_PER_STEP = 64;

/** Finds the dirty accounts and slots of an overlay and updates the tries for them, in memory. */
export class StateDiffBuilder {
  readonly #store: StateStore;
  readonly #flat: FlatRecords;
  readonly #blockNumber: number;
  readonly #changes: RecordChange[] = [];
  readonly #nodes: RecordChange[] = [];
  readonly #codes = new Map<Hash, Uint8Array>();
  readonly #leaves: LeafChange[] = [];
  readonly #accounts: (readonly [Address, AccountRecord])[] = [];
  readonly #slots: (readonly [Address, bigint, SlotRecord])[] = [];
  #erased = false;

  constructor(store: StateStore, flat: FlatRecords, blockNumber: number) {
    this.#store = store;
    this.#flat = flat;
    this.#blockNumber = blockNumber;
  }

  /**
   * In short steps, between which neither overlay nor state may change.
   * @param root of the state that the overlay began on
   */
  *build(overlay: JournaledState, root: Hash): Generator<void, StateDiff> {
    let sinceStep = 0;
    for (const account of overlay.overlayAccounts()) {
      let storageRoot = account.base?.storageRoot ?? EMPTY_TRIE_ROOT;
      if (account.wiped || account.slots !== undefined) {
        storageRoot = yield* this.#updateStorage(account, storageRoot);
      }
      this.#addAccount(account, storageRoot);
      if (++sinceStep % ACCOUNTS_PER_STEP === 0) yield;
    }
    const rootAfter = yield* this.#updateTrie(undefined, root, this.#leaves);
    // Nearly in the order that history wants.
    const changes = [...this.#leaves.map(({ record }) => record), ...this.#changes, ...this.#nodes];
    return {
      rootBefore: root,
      rootAfter,
      changes,
      codes: this.#codes,
      remember: () => this.#remember(),
    };
  }

  #addAccount(overlay: OverlayAccount, storageRoot: Hash): void {
    const { address, base, exists, nonce, balance, codeHash } = overlay;
    if (exists && codeHash !== base?.codeHash && codeHash !== EMPTY_CODE_HASH) {
      this.#addCode(codeHash, overlay.code!);
    }
    const after: Account | undefined = exists
      ? { nonce, balance, codeHash, storageRoot }
      : undefined;
    if (isSame(base, after)) return;
    const { key, record: before } = this.#flat.account(address);
    const record = after && encodeSlimAccount(after, STAMP_BYTES);
    if (record !== undefined) stamp(record, this.#blockNumber, before);
    this.#accounts.push([address, { key, record, account: after }]);
    this.#leaves.push({
      key: bytesToNibbles(key),
      value: after && encodeAccount(after),
      existed: base !== undefined,
      record: { table: 'accounts', key, before, after: record },
    });
  }

  #addCode(hash: Hash, code: Uint8Array): void {
    if (this.#codes.has(hash) || this.#store.get('codes', hexToBytes(hash)) !== undefined) return;
    this.#codes.set(hash, code);
  }

  /** The account's storage root afterwards. */
  *#updateStorage(overlay: OverlayAccount, rootBefore: Hash): Generator<void, Hash> {
    const { key } = this.#flat.account(overlay.address);
    let root = rootBefore;
    let erased: ErasedRecords | undefined;
    if (overlay.wiped && root !== EMPTY_TRIE_ROOT) {
      erased = new ErasedRecords(this.#store, key);
      root = EMPTY_TRIE_ROOT;
      this.#erased = true;
    }
    const leaves = overlay.slots === undefined ? [] : this.#changeSlots(overlay, erased);
    root = yield* this.#updateTrie(key, root, leaves, erased);
    for (const { record } of leaves) this.#changes.push(record);
    for (const change of erased?.changes() ?? []) this.#changes.push(change);
    return root;
  }

  /** Leaves in `erased` what stays erased. */
  #changeSlots(overlay: OverlayAccount, erased: ErasedRecords | undefined): LeafChange[] {
    const leaves: LeafChange[] = [];
    for (const [slot, { base, value }] of overlay.slots!.entries()) {
      if (base === value) continue;
      const known = this.#flat.slot(overlay.address, slot);
      const { key } = known;
      const before = erased === undefined ? known.record : erased.take('slots', key);
      const bytes = optionalBytes(value);
      const after = bytes && stamped(bytes, this.#blockNumber, before);
      this.#slots.push([overlay.address, slot, { key, record: after, value }]);
      leaves.push({
        key: bytesToNibbles(key.subarray(HASH_BYTES)),
        value: bytes && encodeRlp(bytes),
        // An erased trie is built from nothing.
        existed: erased === undefined && before !== undefined,
        record: { table: 'slots', key, before, after },
      });
    }
    return leaves;
  }

  /** Leaves in `erased` the nodes that the new trie has no successor for. */
  *#updateTrie(
    account: Uint8Array | undefined,
    root: Hash,
    leaves: Change[],
    erased?: ErasedRecords,
  ): Generator<void, Hash> {
    if (leaves.length === 0) return root;
    const update = new TrieUpdate(new StoredTrie(newestRecords(this.#store), account));
    const rootAfter = yield* update.apply(root, leaves);
    for (const { path, before: read, after } of update.nodeChanges()) {
      const { table, key } = nodePlace(account, path);
      const before = erased === undefined ? read : erased.take(table, key);
      if (after !== undefined) stamp(after, this.#blockNumber, before);
      this.#nodes.push({ table, key, before, after });
    }
    return rootAfter;
  }

  #remember(): void {
    if (this.#erased) this.#flat.forgetSlots();
    for (const [address, record] of this.#accounts) this.#flat.setAccount(address, record);
    for (const [address, slot, record] of this.#slots) this.#flat.setSlot(address, slot, record);
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
