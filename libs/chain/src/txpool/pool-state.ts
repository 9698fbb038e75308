import { type Address, EMPTY_BYTES } from '@flotilla/common';
import { EMPTY_CODE_HASH, type StateReader } from '@flotilla/state';

/** What the pool needs to know of an account. */
export interface PoolAccount {
  readonly nonce: bigint;
  /** In wei. */
  readonly balance: bigint;
  readonly code: Uint8Array;
}

/** The newest state, as far as the pool needs it. */
export interface PoolState {
  account(address: Address): PoolAccount;
  /** The state has changed. */
  refresh(): void;
}

const NO_ACCOUNT: PoolAccount = { nonce: 0n, balance: 0n, code: EMPTY_BYTES };
const MAX_ACCOUNTS = 16_384;

/** Reads the state that the next block builds on; an account once until that changes. */
export class NewestState implements PoolState {
  readonly #reader: StateReader;
  readonly #accounts = new Map<Address, PoolAccount>();

  constructor(reader: StateReader) {
    this.#reader = reader;
  }

  account(address: Address): PoolAccount {
    let account = this.#accounts.get(address);
    if (account === undefined) {
      account = this.#read(address);
      if (this.#accounts.size >= MAX_ACCOUNTS) this.#accounts.clear();
      this.#accounts.set(address, account);
    }
    return account;
  }

  refresh(): void {
    this.#accounts.clear();
  }

  #read(address: Address): PoolAccount {
    const account = this.#reader.account(address);
    if (account === undefined) return NO_ACCOUNT;
    const { nonce, balance, codeHash } = account;
    const code = codeHash === EMPTY_CODE_HASH ? EMPTY_BYTES : this.#reader.code(codeHash);
    return { nonce, balance, code };
  }
}
