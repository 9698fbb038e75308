import type { Address, Hash } from '@flotilla/common';
import type { PoolLimits } from '../config.js';
import { isImpersonated } from '../dev/impersonation.js';
import { ChainError, ChainErrorCode } from '../errors.js';
import type { Transaction } from '../transaction/types.js';
import { Candidates } from './candidates.js';
import { DelegationLimits } from './delegation-limits.js';
import type { PoolAccount, PoolState } from './pool-state.js';
import { type PoolEntry, SenderQueue } from './sender-queue.js';
import type { PoolContent, PoolStatus } from './types.js';
import {
  disallowed,
  transactionCost,
  type ValidationRules,
  validateFunds,
  validateSender,
  validateStateless,
} from './validation.js';

export interface TxPoolModules {
  /** The newest state. */
  readonly state: PoolState;
  /** The rules of the next block. */
  rules(): ValidationRules;
}

export interface Admission {
  /** What became executable: the transaction itself, and what waited behind the gap that it filled. */
  readonly promoted: readonly Transaction[];
  readonly replaced: Transaction | undefined;
}

/** What a new state led to. */
export interface Advance {
  /** Not executable any more, because another transaction of that nonce was mined. */
  readonly overtaken: readonly Transaction[];
  readonly promoted: readonly Transaction[];
}

/** Let in once, but in no block under the settings of now. */
export interface DisallowedTransaction {
  readonly tx: Transaction;
  readonly error: ChainError;
}

/** In percent, as geth: both fee fields of a replacement must be higher by so much. */
const PRICE_BUMP = 10n;

/**
 * Transactions that wait for a block, with geth's rules, except that nothing that was let in is ever evicted: a full
 * pool refuses newcomers. Single-threaded, no I/O.
 */
export class TxPool {
  #limits: Required<PoolLimits>;
  readonly #modules: TxPoolModules;
  readonly #senders = new Map<Address, SenderQueue>();
  readonly #byHash = new Map<Hash, Transaction>();
  readonly #delegations: DelegationLimits;
  #pending = 0;
  #bytes = 0;
  #arrivals = 0;

  constructor(limits: Required<PoolLimits>, modules: TxPoolModules) {
    this.#limits = limits;
    this.#modules = modules;
    this.#delegations = new DelegationLimits(this.#senders);
  }

  /** What is in the pool stays, also above the new limits. */
  limit(limits: PoolLimits): void {
    this.#limits = { ...this.#limits, ...limits };
  }

  get size(): number {
    return this.#byHash.size;
  }

  status(): PoolStatus {
    return { pending: this.#pending, queued: this.size - this.#pending };
  }

  get(hash: Hash): Transaction | undefined {
    return this.#byHash.get(hash);
  }

  all(): Iterable<Transaction> {
    return this.#byHash.values();
  }

  /** The nonce after the sender's executable transactions. */
  nextNonce(sender: Address): bigint {
    return this.#senders.get(sender)?.pendingEnd ?? this.#modules.state.account(sender).nonce;
  }

  isPending(tx: Transaction): boolean {
    return this.#senders.get(tx.from)?.isPending(tx.nonce) ?? false;
  }

  /** Whether the newest state is past the transaction's nonce. */
  isUsed(tx: Transaction): boolean {
    return tx.nonce < this.#modules.state.account(tx.from).nonce;
  }

  content(): PoolContent {
    const pending = new Map<Address, Transaction[]>();
    const queued = new Map<Address, Transaction[]>();
    for (const [sender, queue] of this.#senders) {
      for (const { tx } of queue.entries()) {
        const part = queue.isPending(tx.nonce) ? pending : queued;
        const list = part.get(sender);
        if (list === undefined) part.set(sender, [tx]);
        else list.push(tx);
      }
    }
    return { pending, queued };
  }

  /** What a block with this base fee would take, best first. Valid until the pool changes. */
  candidates(baseFee: bigint): Candidates {
    return new Candidates(this.#senders.values(), baseFee);
  }

  /** Whether a block with this base fee would take anything. */
  hasExecutable(baseFee: bigint): boolean {
    for (const queue of this.#senders.values()) {
      const first = queue.pendingAt(0);
      if (first !== undefined && first.tx.maxFeePerGas >= baseFee) return true;
    }
    return false;
  }

  /**
   * Lets a transaction in, or says in geth's words why not. With `isPromised`, the caps don't count: it was let in
   * before.
   * @throws ChainError
   */
  add(tx: Transaction, options: { readonly isPromised?: boolean } = {}): Admission {
    if (this.#byHash.has(tx.hash)) {
      throw new ChainError(ChainErrorCode.AlreadyKnown, 'already known');
    }
    const rules = this.#modules.rules();
    // A promise outlives a higher price: the transaction waits until the price falls or the sender replaces it.
    validateStateless(tx, options.isPromised ? { ...rules, lowestFeeCap: 0n } : rules);
    const sender = this.#modules.state.account(tx.from);
    validateSender(tx, sender);
    const queue = this.#senders.get(tx.from);
    const existing = queue?.at(tx.nonce);
    const cost = transactionCost(tx);
    validateFunds(sender.balance, {
      cost,
      pooled: queue?.cost ?? 0n,
      replaced: existing?.cost,
    });
    if (!options.isPromised && !isImpersonated(tx)) this.#delegations.check(tx, sender);
    if (existing !== undefined) checkReplacement(existing.tx, tx);
    else if (!options.isPromised) this.#checkRoom(tx, queue, sender);
    return this.#insert(
      { tx, arrival: this.#arrivals++, cost },
      queue ?? this.#newQueue(tx.from, sender),
      existing?.tx,
    );
  }

  /** What no block may hold under the rules of now, though it was let in under others. */
  disallowed(): DisallowedTransaction[] {
    return [...this.#byHash.values()].flatMap((tx) => {
      const error = this.disallows(tx);
      return error === undefined ? [] : [{ tx, error }];
    });
  }

  /** Why no block may hold the transaction under the settings of now. */
  disallows(tx: Transaction): ChainError | undefined {
    return disallowed(tx, this.#modules.rules());
  }

  /** Takes out a transaction that can't be executed; those behind it wait for another of that nonce. */
  drop(tx: Transaction): void {
    const queue = this.#senders.get(tx.from);
    if (queue?.at(tx.nonce)?.tx.hash !== tx.hash) return;
    const before = queue.pending;
    queue.remove(tx.nonce);
    this.#pending += queue.pending - before;
    this.#forget(tx);
    if (queue.size === 0) this.#senders.delete(tx.from);
  }

  /** The state has changed: what is known of accounts is read again. */
  refresh(): void {
    this.#modules.state.refresh();
  }

  /**
   * Follows the newest state for the senders; returns what it made obsolete, the mined ones left out, and what became
   * executable.
   */
  advance(senders: Iterable<Address>, mined: readonly Transaction[]): Advance {
    for (const { hash } of mined) {
      const tx = this.#byHash.get(hash);
      if (tx !== undefined) this.#forget(tx);
    }
    const overtaken: Transaction[] = [];
    const promoted: Transaction[] = [];
    for (const sender of senders) {
      const queue = this.#senders.get(sender);
      if (queue === undefined) continue;
      const before = queue.pending;
      const moved = queue.advance(this.#modules.state.account(sender).nonce);
      this.#pending += queue.pending - before;
      for (const { tx } of moved.obsolete) {
        if (!this.#byHash.has(tx.hash)) continue;
        this.#forget(tx);
        overtaken.push(tx);
      }
      for (const { tx } of moved.promoted) promoted.push(tx);
      if (queue.size === 0) this.#senders.delete(sender);
    }
    return { overtaken, promoted };
  }

  #newQueue(sender: Address, account: PoolAccount): SenderQueue {
    const queue = new SenderQueue(account.nonce);
    this.#senders.set(sender, queue);
    return queue;
  }

  #insert(entry: PoolEntry, queue: SenderQueue, replaced: Transaction | undefined): Admission {
    const { tx } = entry;
    const before = queue.pending;
    const promoted = queue.put(entry);
    this.#pending += queue.pending - before;
    if (replaced !== undefined) this.#forget(replaced);
    this.#byHash.set(tx.hash, tx);
    this.#bytes += tx.raw.length;
    this.#delegations.added(tx);
    return { promoted: promoted.length === 1 ? [tx] : promoted.map(txOf), replaced };
  }

  #forget(tx: Transaction): void {
    this.#byHash.delete(tx.hash);
    this.#bytes -= tx.raw.length;
    this.#delegations.removed(tx);
  }

  #checkRoom(tx: Transaction, queue: SenderQueue | undefined, sender: PoolAccount): void {
    const limits = this.#limits;
    const isExecutable = tx.nonce === (queue?.pendingEnd ?? sender.nonce);
    const ofSender = isExecutable ? queue?.pending : queue?.queued;
    if ((ofSender ?? 0) >= (isExecutable ? limits.senderPending : limits.senderQueued)) {
      throw new ChainError(
        ChainErrorCode.AccountLimitExceeded,
        `account limit exceeded: pooled ${ofSender} txs`,
        { retryable: true },
      );
    }
    const isFull = isExecutable
      ? this.#pending >= limits.globalPending
      : this.size - this.#pending >= limits.globalQueued;
    if (isFull || this.#bytes + tx.raw.length > limits.bytes) {
      throw new ChainError(ChainErrorCode.PoolFull, 'txpool is full', { retryable: true });
    }
  }
}

const txOf = (entry: PoolEntry) => entry.tx;

/** @throws ChainError `REPLACEMENT_UNDERPRICED` unless both fee fields grow, by a tenth at least */
function checkReplacement(old: Transaction, tx: Transaction): void {
  const suffices = (before: bigint, after: bigint) =>
    after > before && after >= (before * (100n + PRICE_BUMP)) / 100n;
  if (
    suffices(old.maxFeePerGas, tx.maxFeePerGas) &&
    suffices(old.maxPriorityFeePerGas, tx.maxPriorityFeePerGas)
  ) {
    return;
  }
  throw new ChainError(
    ChainErrorCode.ReplacementUnderpriced,
    'replacement transaction underpriced',
  );
}
