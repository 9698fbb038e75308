import { type Address, EMPTY_BYTES } from '@flotilla/common';
import {
  EMPTY_CODE_HASH,
  EMPTY_TRIE_ROOT,
  StateError,
  StateErrorCode,
  type StateView,
  type WorldState,
} from '@flotilla/state';
import { ChainError, ChainErrorCode } from '../errors.js';
import type { AccountProof } from './types.js';

/** Accounts as they were after a block, in the chain's own errors. */
export class ChainState {
  readonly #world: WorldState;

  constructor(world: WorldState) {
    this.#world = world;
  }

  /** @throws ChainError `HISTORY_PRUNED` */
  at(number: number): StateView {
    return translated(() => this.#world.at(number));
  }

  /** The oldest block whose state can be read. */
  oldest(): number {
    return this.#world.head?.oldestBlock ?? 0;
  }

  balance(address: Address, number: number): bigint {
    return translated(() => this.at(number).account(address)?.balance ?? 0n);
  }

  nonce(address: Address, number: number): bigint {
    return translated(() => this.at(number).account(address)?.nonce ?? 0n);
  }

  code(address: Address, number: number): Uint8Array {
    return translated(() => {
      const view = this.at(number);
      const hash = view.account(address)?.codeHash ?? EMPTY_CODE_HASH;
      return hash === EMPTY_CODE_HASH ? EMPTY_BYTES : view.code(hash);
    });
  }

  storage(address: Address, slot: bigint, number: number): bigint {
    return translated(() => this.at(number).slot(address, slot));
  }

  proof(address: Address, slots: readonly bigint[], number: number): AccountProof {
    const proof = translated(() => this.#world.proof(number, address, slots));
    return {
      address,
      accountProof: proof.accountProof,
      balance: proof.account?.balance ?? 0n,
      nonce: proof.account?.nonce ?? 0n,
      codeHash: proof.account?.codeHash ?? EMPTY_CODE_HASH,
      storageHash: proof.account?.storageRoot ?? EMPTY_TRIE_ROOT,
      storageProof: proof.storageProof.map(({ slot, value, proof: nodes }) => ({
        key: slot,
        value,
        proof: nodes,
      })),
    };
  }
}

/** Says `HISTORY_PRUNED` and `BLOCK_NOT_FOUND` as the chain does; other errors of the state pass. */
export function translated<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    if (error.code === StateErrorCode.HistoryPruned) {
      throw new ChainError(ChainErrorCode.HistoryPruned, error.message, { cause: error });
    }
    if (error.code === StateErrorCode.UnknownBlock) {
      throw new ChainError(ChainErrorCode.BlockNotFound, 'block not found', { cause: error });
    }
    throw error;
  }
}
