import { type Address, EMPTY_BYTES } from '@flotilla/common';
import { EMPTY_CODE_HASH, type StateReader } from '@flotilla/state';

/** The newest state, as far as the pool needs it. */
export interface PoolState {
  nonce(address: Address): bigint;
  /** In wei. */
  balance(address: Address): bigint;
  code(address: Address): Uint8Array;
}

/** Reads the state that the next block builds on. */
export class NewestState implements PoolState {
  readonly #reader: StateReader;

  constructor(reader: StateReader) {
    this.#reader = reader;
  }

  nonce(address: Address): bigint {
    return this.#reader.account(address)?.nonce ?? 0n;
  }

  balance(address: Address): bigint {
    return this.#reader.account(address)?.balance ?? 0n;
  }

  code(address: Address): Uint8Array {
    const hash = this.#reader.account(address)?.codeHash ?? EMPTY_CODE_HASH;
    return hash === EMPTY_CODE_HASH ? EMPTY_BYTES : this.#reader.code(hash);
  }
}
