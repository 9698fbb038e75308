import type { Address, Hash } from '@flotilla/common';

/** One LOG0–LOG4 record, in the order of emission. */
export interface Log {
  readonly address: Address;
  readonly topics: readonly Hash[];
  readonly data: Uint8Array;
}

/** What a transaction leaves behind besides the accounts. */
export interface TransactionEffects {
  readonly logs: readonly Log[];
}

/**
 * Synchronous, journaled access to the accounts: everything that the interpreter needs of a state. `libs/state`
 * satisfies it structurally. Each setter is undone by `revertTo`, the warm sets, transient storage, logs, refund
 * counter and created/self-destructed marks included.
 */
export interface EvmState {
  /** True for an account that has a record, even an empty one. */
  exists(address: Address): boolean;
  /** EIP-161: no code, nonce 0 and balance 0; true for accounts that don't exist. */
  isEmpty(address: Address): boolean;

  /** In wei. */
  getBalance(address: Address): bigint;
  setBalance(address: Address, value: bigint): void;
  getNonce(address: Address): bigint;
  setNonce(address: Address, value: bigint): void;
  getCode(address: Address): Uint8Array;
  /** keccak-256 of the code, also for accounts without code; callers decide about EIP-1052's zero for empty ones. */
  getCodeHash(address: Address): Hash;
  setCode(address: Address, code: Uint8Array): void;

  getStorage(address: Address, slot: bigint): bigint;
  /** The value at the start of the transaction (EIP-2200). */
  getOriginalStorage(address: Address, slot: bigint): bigint;
  setStorage(address: Address, slot: bigint, value: bigint): void;
  /** True when any slot is set: a create onto such an address collides (EIP-7610). */
  hasStorage(address: Address): boolean;
  /** EIP-1153. */
  getTransient(address: Address, slot: bigint): bigint;
  setTransient(address: Address, slot: bigint, value: bigint): void;

  /** EIP-2929: warms the address; true if it was warm already. */
  warmAddress(address: Address): boolean;
  /** EIP-2929: warms the slot; true if it was warm already. */
  warmSlot(address: Address, slot: bigint): boolean;
  isWarmAddress(address: Address): boolean;

  /** Starts a contract at the address, keeping its balance, and marks it created in this transaction (EIP-6780). */
  createAccount(address: Address): void;
  isCreated(address: Address): boolean;
  /** Marks the account for deletion at the end of the transaction; moving its balance is the caller's work. */
  selfDestruct(address: Address): void;
  isSelfDestructed(address: Address): boolean;
  /** EIP-161: if the account is empty at the end of the transaction, it is deleted. */
  touch(address: Address): void;

  addLog(log: Log): void;
  /** Gas to give back (EIP-3529), never negative in total. */
  addRefund(gas: bigint): void;
  subRefund(gas: bigint): void;
  getRefund(): bigint;

  snapshot(): number;
  revertTo(snapshot: number): void;

  /** Clears warm sets, transient storage, originals, created marks, logs and the refund counter. */
  beginTransaction(): void;
  /** Deletes self-destructed and touched empty accounts and hands over the logs. */
  endTransaction(): TransactionEffects;
}
