import { type Address, EMPTY_BYTES, type Hash, keccak256Hex } from '@flotilla/common';
import { type Account, EMPTY_CODE_HASH, EMPTY_TRIE_ROOT } from './account.js';
import { OverlayAccount, OverlaySlot } from './overlay-account.js';
import { SlotTable } from './slot-table.js';
import type { StateReader } from './state-reader.js';
import { Undo, UndoLog } from './undo-log.js';

/** One LOG0–LOG4 record. */
export interface StateLog {
  readonly address: Address;
  readonly topics: readonly Hash[];
  readonly data: Uint8Array;
}

/**
 * Its touch outlives a revert: so it was in mainnet block 1,714,175, and so every client has done it since.
 */
const RIPEMD160_PRECOMPILE: Address = '0x0000000000000000000000000000000000000003';

/**
 * The changes of the block (or call) under way above a reader of committed state. Synchronous. Nothing reaches the
 * state below: WorldState.prepareCommit reads the changes out, and dropping the object drops them.
 */
export class JournaledState implements StateReader {
  readonly #base: StateReader;
  readonly #accounts = new Map<Address, OverlayAccount>();
  readonly #undo = new UndoLog();
  /** Accounts that endTransaction has to look at: touched or self-destructed in this transaction. */
  readonly #candidates = new Set<OverlayAccount>();
  /** Counts up; 0 is never one under way, so a mark of 0 means unmarked. */
  #transaction = 1;
  #logs: StateLog[] = [];
  #refund = 0n;
  #last: OverlayAccount | undefined;

  readonly #dropLog = () => {
    this.#logs.pop();
  };
  readonly #setRefund = (refund: bigint) => {
    this.#refund = refund;
  };

  constructor(base: StateReader) {
    this.#base = base;
  }

  exists(address: Address): boolean {
    return this.#load(address).exists;
  }

  isEmpty(address: Address): boolean {
    return this.#load(address).isEmpty;
  }

  getBalance(address: Address): bigint {
    return this.#load(address).balance;
  }

  setBalance(address: Address, value: bigint): void {
    const account = this.#change(address);
    if (account.balance === value) return;
    this.#undo.push(Undo.Balance, account, account.balance);
    account.balance = value;
  }

  getNonce(address: Address): bigint {
    return this.#load(address).nonce;
  }

  setNonce(address: Address, value: bigint): void {
    const account = this.#change(address);
    if (account.nonce === value) return;
    this.#undo.push(Undo.Nonce, account, account.nonce);
    account.nonce = value;
  }

  getCode(address: Address): Uint8Array {
    const account = this.#load(address);
    account.code ??=
      account.codeHash === EMPTY_CODE_HASH ? EMPTY_BYTES : this.#base.code(account.codeHash);
    return account.code;
  }

  /** Of no code for accounts without code, and for those that don't exist. */
  getCodeHash(address: Address): Hash {
    return this.#load(address).codeHash;
  }

  /** Keeps the array: it must not be changed afterwards. */
  setCode(address: Address, code: Uint8Array): void {
    const account = this.#change(address);
    this.#undo.push(Undo.Code, account, [account.codeHash, account.code]);
    account.codeHash = code.length === 0 ? EMPTY_CODE_HASH : keccak256Hex(code);
    account.code = code;
  }

  getStorage(address: Address, slot: bigint): bigint {
    return this.#slot(this.#load(address), slot).value;
  }

  getOriginalStorage(address: Address, slot: bigint): bigint {
    const entry = this.#slot(this.#load(address), slot);
    return entry.originalAt === this.#transaction ? entry.original : entry.value;
  }

  setStorage(address: Address, slot: bigint, value: bigint): void {
    const account = this.#load(address);
    if (!account.exists) this.#markExisting(account);
    const entry = this.#slot(account, slot);
    if (entry.originalAt !== this.#transaction) {
      entry.original = entry.value;
      entry.originalAt = this.#transaction;
    }
    if (entry.value === value) return;
    this.#undo.push(Undo.Storage, entry, entry.value);
    entry.value = value;
  }

  hasStorage(address: Address): boolean {
    const account = this.#load(address);
    const root = account.base?.storageRoot ?? EMPTY_TRIE_ROOT;
    if (!account.wiped && root !== EMPTY_TRIE_ROOT) return true;
    if (account.slots === undefined) return false;
    for (const [, entry] of account.slots.entries()) if (entry.value !== 0n) return true;
    return false;
  }

  getTransient(address: Address, slot: bigint): bigint {
    const account = this.#load(address);
    if (account.transientAt !== this.#transaction) return 0n;
    return account.transient?.get(slot) ?? 0n;
  }

  setTransient(address: Address, slot: bigint, value: bigint): void {
    const account = this.#load(address);
    if (account.transientAt !== this.#transaction) {
      account.transient = new SlotTable();
      account.transientAt = this.#transaction;
    }
    this.#undo.push(Undo.Transient, account, account.transient!.get(slot) ?? 0n, slot);
    account.transient!.set(slot, value);
  }

  warmAddress(address: Address): boolean {
    const account = this.#load(address);
    if (account.warmAt === this.#transaction) return true;
    this.#undo.push(Undo.WarmAddress, account);
    account.warmAt = this.#transaction;
    return false;
  }

  isWarmAddress(address: Address): boolean {
    return this.#load(address).warmAt === this.#transaction;
  }

  warmSlot(address: Address, slot: bigint): boolean {
    const entry = this.#slot(this.#load(address), slot);
    if (entry.warmAt === this.#transaction) return true;
    this.#undo.push(Undo.WarmSlot, entry);
    entry.warmAt = this.#transaction;
    return false;
  }

  createAccount(address: Address): void {
    const account = this.#change(address);
    if (account.createdAt === this.#transaction) return;
    this.#undo.push(Undo.Created, account);
    account.createdAt = this.#transaction;
  }

  isCreated(address: Address): boolean {
    return this.#load(address).createdAt === this.#transaction;
  }

  selfDestruct(address: Address): void {
    const account = this.#load(address);
    if (account.destructedAt === this.#transaction) return;
    this.#undo.push(Undo.Destructed, account);
    account.destructedAt = this.#transaction;
    this.#candidates.add(account);
  }

  isSelfDestructed(address: Address): boolean {
    return this.#load(address).destructedAt === this.#transaction;
  }

  touch(address: Address): void {
    this.#touch(this.#load(address));
  }

  addLog(log: StateLog): void {
    this.#undo.push(Undo.Log, undefined);
    this.#logs.push(log);
  }

  addRefund(gas: bigint): void {
    this.#undo.push(Undo.Refund, undefined, this.#refund);
    this.#refund += gas;
  }

  subRefund(gas: bigint): void {
    this.#undo.push(Undo.Refund, undefined, this.#refund);
    this.#refund -= gas;
  }

  getRefund(): bigint {
    return this.#refund;
  }

  snapshot(): number {
    return this.#undo.length;
  }

  /** Undoes everything since the snapshot, which must be of the transaction under way. */
  revertTo(snapshot: number): void {
    this.#undo.revertTo(snapshot, this.#dropLog, this.#setRefund);
  }

  beginTransaction(): void {
    this.#transaction++;
    this.#undo.clear();
    this.#candidates.clear();
    this.#logs = [];
    this.#refund = 0n;
  }

  /** Deletes self-destructed and touched empty accounts; no snapshot taken before can be reverted to. */
  endTransaction(): { logs: readonly StateLog[] } {
    for (const account of this.#candidates) {
      const destructed = account.destructedAt === this.#transaction;
      const touched = account.touchedAt === this.#transaction;
      if (account.exists && (destructed || (touched && account.isEmpty))) account.wipe();
    }
    const logs = this.#logs;
    this.beginTransaction();
    return { logs };
  }

  /** As if the changes had been committed: lets an overlay stand on an overlay. */
  account(address: Address): Account | undefined {
    const account = this.#load(address);
    if (!account.exists) return undefined;
    const { nonce, balance, codeHash } = account;
    const storageRoot = account.wiped ? undefined : account.base?.storageRoot;
    return { nonce, balance, codeHash, storageRoot: storageRoot ?? EMPTY_TRIE_ROOT };
  }

  slot(address: Address, slot: bigint): bigint {
    return this.getStorage(address, slot);
  }

  code(hash: Hash): Uint8Array {
    for (const account of this.#accounts.values()) {
      if (account.codeHash === hash && account.code !== undefined) return account.code;
    }
    return this.#base.code(hash);
  }

  /** Every account that was looked at or changed. */
  overlayAccounts(): Iterable<OverlayAccount> {
    return this.#accounts.values();
  }

  #load(address: Address): OverlayAccount {
    const last = this.#last;
    if (last !== undefined && last.address === address) return last;
    let account = this.#accounts.get(address);
    if (account === undefined) {
      account = new OverlayAccount(address, this.#base.account(address));
      this.#accounts.set(address, account);
    }
    this.#last = account;
    return account;
  }

  /** The account, existing and touched, as every change leaves it. */
  #change(address: Address): OverlayAccount {
    const account = this.#load(address);
    if (!account.exists) this.#markExisting(account);
    this.#touch(account);
    return account;
  }

  #markExisting(account: OverlayAccount): void {
    this.#undo.push(Undo.Exists, account);
    account.exists = true;
  }

  #touch(account: OverlayAccount): void {
    if (account.touchedAt === this.#transaction) return;
    if (account.address !== RIPEMD160_PRECOMPILE) this.#undo.push(Undo.Touched, account);
    account.touchedAt = this.#transaction;
    this.#candidates.add(account);
  }

  #slot(account: OverlayAccount, slot: bigint): OverlaySlot {
    account.slots ??= new SlotTable();
    let entry = account.slots.get(slot);
    if (entry === undefined) {
      const value = account.wiped ? 0n : this.#base.slot(account.address, slot);
      entry = new OverlaySlot(value, value);
      account.slots.set(slot, entry);
    }
    return entry;
  }
}
