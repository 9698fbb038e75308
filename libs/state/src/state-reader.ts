import type { Address, Hash } from '@flotilla/common';
import type { Account } from './account.js';

/** Read access to the accounts as of one block: what an overlay stands on. */
export interface StateReader {
  account(address: Address): Account | undefined;
  /** Zero for a slot that is not set. */
  slot(address: Address, slot: bigint): bigint;
  /** @throws StateError `CORRUPT_STATE` when no code of that hash is kept */
  code(hash: Hash): Uint8Array;
}
