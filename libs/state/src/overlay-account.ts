import type { Address, Hash } from '@flotilla/common';
import { type Account, EMPTY_CODE_HASH } from './account.js';
import type { SlotTable } from './slot-table.js';

/** One slot as an overlay sees it. */
export class OverlaySlot {
  /** The value at the start of transaction `originalAt`, if that is the one under way; else `value` is. */
  original: bigint;
  originalAt = 0;
  /** The transaction that warmed it (EIP-2929). */
  warmAt = 0;

  constructor(
    /** The value below the overlay. */
    readonly base: bigint,
    public value: bigint,
  ) {
    this.original = value;
  }
}

/**
 * One account as an overlay sees it. Marks that last for one transaction hold that transaction's number, so that
 * none has to be cleared when the next begins.
 */
export class OverlayAccount {
  exists: boolean;
  nonce: bigint;
  balance: bigint;
  codeHash: Hash;
  /** Undefined until it is asked for or set. */
  code: Uint8Array | undefined;
  /** True once the account was deleted: nothing below the overlay shines through any more. */
  wiped = false;
  /** The slots read or written so far. */
  slots: SlotTable<OverlaySlot> | undefined;

  warmAt = 0;
  createdAt = 0;
  destructedAt = 0;
  touchedAt = 0;
  transient: SlotTable<bigint> | undefined;
  transientAt = 0;

  constructor(
    readonly address: Address,
    /** The account below the overlay. */
    readonly base: Account | undefined,
  ) {
    this.exists = base !== undefined;
    this.nonce = base?.nonce ?? 0n;
    this.balance = base?.balance ?? 0n;
    this.codeHash = base?.codeHash ?? EMPTY_CODE_HASH;
  }

  get isEmpty(): boolean {
    return this.nonce === 0n && this.balance === 0n && this.codeHash === EMPTY_CODE_HASH;
  }

  /** Deletes the account with its storage. */
  wipe(): void {
    this.exists = false;
    this.nonce = 0n;
    this.balance = 0n;
    this.codeHash = EMPTY_CODE_HASH;
    this.code = undefined;
    this.wiped = true;
    this.slots = undefined;
  }
}
