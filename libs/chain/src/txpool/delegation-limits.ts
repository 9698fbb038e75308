import type { Address } from '@flotilla/common';
import { recoverAuthority } from '@flotilla/evm';
import { ChainError, ChainErrorCode } from '../errors.js';
import type { Transaction } from '../transaction/types.js';
import type { PoolAccount } from './pool-state.js';
import type { SenderQueue } from './sender-queue.js';

const NOBODY: readonly never[] = [];

/**
 * EIP-7702 lets others move an account's funds and nonce, which would make its pooled transactions invalid. As in
 * geth, an account that is delegated, or about to be, has one executable transaction in the pool at a time.
 */
export class DelegationLimits {
  readonly #senders: ReadonlyMap<Address, SenderQueue>;
  /** Pooled authorizations by authority. */
  readonly #authorities = new Map<Address, number>();
  /** Recovering an authority costs 50 µs: once per transaction. */
  readonly #recovered = new WeakMap<Transaction, readonly Address[]>();

  constructor(senders: ReadonlyMap<Address, SenderQueue>) {
    this.#senders = senders;
  }

  /** @throws ChainError `INFLIGHT_LIMIT`, `OUT_OF_ORDER_DELEGATED`, `AUTHORITY_RESERVED` */
  check(tx: Transaction, sender: PoolAccount): void {
    if (sender.code.length > 0 || this.#authorities.has(tx.from)) this.#checkSender(tx, sender);
    for (const authority of this.#authoritiesOf(tx)) {
      if ((this.#senders.get(authority)?.size ?? 0) > 1) {
        throw new ChainError(ChainErrorCode.AuthorityReserved, 'authority already reserved');
      }
    }
  }

  added(tx: Transaction): void {
    for (const authority of this.#authoritiesOf(tx)) {
      this.#authorities.set(authority, (this.#authorities.get(authority) ?? 0) + 1);
    }
  }

  removed(tx: Transaction): void {
    for (const authority of this.#authoritiesOf(tx)) {
      const rest = (this.#authorities.get(authority) ?? 0) - 1;
      if (rest > 0) this.#authorities.set(authority, rest);
      else this.#authorities.delete(authority);
    }
  }

  #checkSender(tx: Transaction, sender: PoolAccount): void {
    const queue = this.#senders.get(tx.from);
    if (queue === undefined || queue.pending === 0) {
      if (tx.nonce === (queue?.nextNonce ?? sender.nonce)) return;
      throw new ChainError(
        ChainErrorCode.OutOfOrderDelegated,
        'gapped-nonce tx from delegated accounts',
      );
    }
    if (queue.isPending(tx.nonce)) return;
    throw new ChainError(
      ChainErrorCode.InflightLimit,
      'in-flight transaction limit reached for delegated accounts',
    );
  }

  #authoritiesOf(tx: Transaction): readonly Address[] {
    if (tx.authorizationList.length === 0) return NOBODY;
    let authorities = this.#recovered.get(tx);
    if (authorities === undefined) {
      authorities = tx.authorizationList.map(recoverAuthority).filter((a) => a !== undefined);
      this.#recovered.set(tx, authorities);
    }
    return authorities;
  }
}
