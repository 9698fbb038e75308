import type { Hash } from '@flotilla/common';
import type { OverlayAccount, OverlaySlot } from './overlay-account.js';

export enum Undo {
  Balance,
  Nonce,
  Code,
  Exists,
  Storage,
  Transient,
  WarmAddress,
  WarmSlot,
  Created,
  Destructed,
  Touched,
  Log,
  Refund,
}

/**
 * What to put back, newest last. Columns instead of records: writing one down allocates nothing once the arrays have
 * grown.
 */
export class UndoLog {
  readonly #kinds: Undo[] = [];
  readonly #targets: (OverlayAccount | OverlaySlot | undefined)[] = [];
  readonly #values: unknown[] = [];
  readonly #slots: (bigint | undefined)[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(
    kind: Undo,
    target: OverlayAccount | OverlaySlot | undefined,
    value?: unknown,
    slot?: bigint,
  ): void {
    const at = this.#length++;
    this.#kinds[at] = kind;
    this.#targets[at] = target;
    this.#values[at] = value;
    this.#slots[at] = slot;
  }

  /** Forgets all of it, but keeps the room. */
  clear(): void {
    this.#length = 0;
  }

  /** Undoes down to `length`; logs and refunds, which are no account's, go back through the callbacks. */
  revertTo(length: number, dropLog: () => void, setRefund: (refund: bigint) => void): void {
    while (this.#length > length) {
      const at = --this.#length;
      const value = this.#values[at];
      const kind = this.#kinds[at];
      if (kind === Undo.Log) dropLog();
      else if (kind === Undo.Refund) setRefund(value as bigint);
      else if (kind === Undo.Storage) (this.#targets[at] as OverlaySlot).value = value as bigint;
      else if (kind === Undo.WarmSlot) (this.#targets[at] as OverlaySlot).warmAt = 0;
      else this.#revertAccount(kind, this.#targets[at] as OverlayAccount, value, this.#slots[at]);
    }
  }

  #revertAccount(kind: Undo, account: OverlayAccount, value: unknown, slot?: bigint): void {
    switch (kind) {
      case Undo.Balance:
        account.balance = value as bigint;
        break;
      case Undo.Nonce:
        account.nonce = value as bigint;
        break;
      case Undo.Code: {
        const [codeHash, code] = value as readonly [Hash, Uint8Array | undefined];
        account.codeHash = codeHash;
        account.code = code;
        break;
      }
      case Undo.Exists:
        account.exists = false;
        break;
      case Undo.Transient:
        account.transient!.set(slot!, value as bigint);
        break;
      case Undo.WarmAddress:
        account.warmAt = 0;
        break;
      case Undo.Created:
        account.createdAt = 0;
        break;
      case Undo.Destructed:
        account.destructedAt = 0;
        break;
      default:
        account.touchedAt = 0;
    }
  }
}
