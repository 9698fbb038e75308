import { type Address, bytesToBigInt } from '@flotilla/common';
import { type Account, decodeAccount } from './account.js';
import { RecentMap } from './recent-map.js';
import { bodyOf } from './record-change.js';
import { addressHash, slotKey } from './state-keys.js';
import type { StateStore } from './state-store.js';

/** One account of the newest state. */
export interface AccountRecord {
  /** keccak-256 of the address. */
  readonly key: Uint8Array;
  /** As it is stored; undefined when there is none. */
  readonly record: Uint8Array | undefined;
  readonly account: Account | undefined;
}

/** One slot of the newest state. */
export interface SlotRecord {
  readonly key: Uint8Array;
  /** As it is stored; undefined for zero. */
  readonly record: Uint8Array | undefined;
  readonly value: bigint;
}

/** At least so many of each are held in memory, at most twice as many. */
const RECENT_ACCOUNTS = 16_384;
const RECENT_SLOTS = 16_384;

/** Accounts and slots of the newest state. What a writer used last, it has in memory. */
export class FlatRecords {
  readonly #store: StateStore;
  readonly #accounts: RecentMap<Address, AccountRecord> | undefined;
  readonly #slots: RecentMap<string, SlotRecord> | undefined;

  /** @param isWriter false where another thread writes: then nothing is kept in memory */
  constructor(store: StateStore, isWriter: boolean) {
    this.#store = store;
    if (!isWriter) return;
    this.#accounts = new RecentMap(RECENT_ACCOUNTS);
    this.#slots = new RecentMap(RECENT_SLOTS);
  }

  account(address: Address): AccountRecord {
    let known = this.#accounts?.get(address);
    if (known === undefined) {
      const key = addressHash(address);
      // A copy: what the store hands out may be a piece of a larger buffer, which would be kept with it.
      const record = this.#store.get('accounts', key)?.slice();
      known = { key, record, account: record && decodeAccount(bodyOf(record)) };
      this.#accounts?.set(address, known);
    }
    return known;
  }

  slot(address: Address, slot: bigint): SlotRecord {
    const id = slotId(address, slot);
    let known = this.#slots?.get(id);
    if (known === undefined) {
      const key = slotKey(this.account(address).key, slot);
      const record = this.#store.get('slots', key);
      known = { key, record, value: record === undefined ? 0n : bytesToBigInt(bodyOf(record)) };
      this.#slots?.set(id, known);
    }
    return known;
  }

  /** Takes over what was just written. */
  setAccount(address: Address, record: AccountRecord): void {
    this.#accounts?.set(address, record);
  }

  /** Takes over what was just written. */
  setSlot(address: Address, slot: bigint, record: SlotRecord): void {
    this.#slots?.set(slotId(address, slot), record);
  }

  /** For when more was erased than is told one by one. */
  forgetSlots(): void {
    this.#slots?.clear();
  }

  forget(): void {
    this.#accounts?.clear();
    this.#slots?.clear();
  }
}

function slotId(address: Address, slot: bigint): string {
  return address + slot.toString(16);
}
