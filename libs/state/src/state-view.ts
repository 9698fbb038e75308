import { type Address, bytesToBigInt, type Hash } from '@flotilla/common';
import { type Account, decodeAccount } from './account.js';
import { JournaledState } from './journaled-state.js';
import { bodyOf, type VersionedTable } from './record-change.js';
import { addressHash, slotKey } from './state-keys.js';
import type { StateReader } from './state-reader.js';

/** Where a view gets its records. */
export interface RecordSource {
  /** @throws StateError `HISTORY_PRUNED`, `UNKNOWN_BLOCK` */
  recordAt(table: VersionedTable, key: Uint8Array, blockNumber: number): Uint8Array | undefined;
  code(hash: Hash): Uint8Array;
}

/** The accounts as of one block, also while newer blocks are committed. Reads throw once it is pruned. */
export class StateView implements StateReader {
  readonly #source: RecordSource;

  constructor(
    source: RecordSource,
    readonly blockNumber: number,
    readonly root: Hash,
  ) {
    this.#source = source;
  }

  account(address: Address): Account | undefined {
    const record = this.#source.recordAt('accounts', addressHash(address), this.blockNumber);
    return record === undefined ? undefined : decodeAccount(bodyOf(record));
  }

  slot(address: Address, slot: bigint): bigint {
    const key = slotKey(addressHash(address), slot);
    const record = this.#source.recordAt('slots', key, this.blockNumber);
    return record === undefined ? 0n : bytesToBigInt(bodyOf(record));
  }

  code(hash: Hash): Uint8Array {
    return this.#source.code(hash);
  }

  /** A state to run calls on and then to drop. */
  overlay(): JournaledState {
    return new JournaledState(this);
  }
}
