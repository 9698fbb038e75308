import type { Address, Hash } from '@flotilla/common';
import type { PoolLimits } from '../config.js';
import { ChainError, ChainErrorCode } from '../errors.js';
import type { Transaction } from '../transaction/types.js';
import { Candidates } from './candidates.js';
import { DelegationLimits } from './delegation-limits.js';
import type { PoolState } from './pool-state.js';
import { type PoolEntry, SenderQueue } from './sender-queue.js';
import type { PoolContent, PoolStatus } from './types.js';
import {
  transactionCost,
  type ValidationRules,
  validateAgainstState,
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

/** In percent, as geth: both fee fields of a replacement must be higher by so much. */
const PRICE_BUMP = 10n;

/**
 * Transactions that wait for a block, with geth's rules, except that nothing that was let in is ever evicted: a full
 * pool refuses newcomers. Single-threaded, no I/O.
 */
export class TxPool {
  readonly #limits: Required<PoolLimits>;
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
    this.#delegations = new DelegationLimits(this.#senders, modules.state);
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
    return this.#senders.get(sender)?.pendingEnd ?? this.#modules.state.nonce(sender);
  }

  isPending(tx: Transaction): boolean {
    return this.#senders.get(tx.from)?.isPending(tx.nonce) ?? false;
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
      const first = queue.pending > 0 ? queue.at(queue.nextNonce) : undefined;
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
    validateStateless(tx, this.#modules.rules());
    const queue = this.#senders.get(tx.from);
    const existing = queue?.at(tx.nonce);
    validateAgainstState(tx, this.#modules.state, {
      pooled: queue?.cost ?? 0n,
      replaced: existing?.cost,
    });
    if (!options.isPromised) this.#delegations.check(tx);
    if (existing !== undefined) checkReplacement(existing.tx, tx);
    else if (!options.isPromised) this.#checkRoom(tx, queue);
    return this.#insert(tx, existing?.tx);
  }

  /** Takes out a transaction that can't be executed; those behind it wait for another of that nonce. */
  drop(tx: Transaction): void {
    const queue = this.#senders.get(tx.from);
    if (queue?.at(tx.nonce)?.tx.hash !== tx.hash) return;
    this.#recount(queue, () => queue.remove(tx.nonce));
    this.#forget(tx);
    if (queue.size === 0) this.#senders.delete(tx.from);
  }

  /** Follows the newest state for one sender; returns what it made obsolete and what became executable. */
  advance(sender: Address): { obsolete: Transaction[]; promoted: Transaction[] } {
    const queue = this.#senders.get(sender);
    if (queue === undefined) return { obsolete: [], promoted: [] };
    const moved = this.#recount(queue, () => queue.advance(this.#modules.state.nonce(sender)));
    for (const { tx } of moved.obsolete) this.#forget(tx);
    if (queue.size === 0) this.#senders.delete(sender);
    return { obsolete: moved.obsolete.map(txOf), promoted: moved.promoted.map(txOf) };
  }

  #insert(tx: Transaction, replaced: Transaction | undefined): Admission {
    let queue = this.#senders.get(tx.from);
    if (queue === undefined) {
      queue = new SenderQueue(this.#modules.state.nonce(tx.from));
      this.#senders.set(tx.from, queue);
    }
    const entry = { tx, arrival: this.#arrivals++, cost: transactionCost(tx) };
    const target = queue;
    const promoted = this.#recount(target, () => target.put(entry));
    if (replaced !== undefined) this.#forget(replaced);
    this.#byHash.set(tx.hash, tx);
    this.#bytes += tx.raw.length;
    this.#delegations.added(tx);
    return { promoted: promoted.map(txOf), replaced };
  }

  #forget(tx: Transaction): void {
    this.#byHash.delete(tx.hash);
    this.#bytes -= tx.raw.length;
    this.#delegations.removed(tx);
  }

  #recount<Result>(queue: SenderQueue, change: () => Result): Result {
    const before = queue.pending;
    const result = change();
    this.#pending += queue.pending - before;
    return result;
  }

  #checkRoom(tx: Transaction, queue: SenderQueue | undefined): void {
    const limits = this.#limits;
    const isExecutable = tx.nonce === this.nextNonce(tx.from);
    const ofSender = isExecutable ? queue?.pending : queue?.queued;
    if ((ofSender ?? 0) >= (isExecutable ? limits.senderPending : limits.senderQueued)) {
      throw new ChainError(
        ChainErrorCode.AccountLimitExceeded,
        `account limit exceeded: pooled ${ofSender} txs`,
        { retryable: true },
      );
    }
    const { pending, queued } = this.status();
    const isFull = isExecutable ? pending >= limits.globalPending : queued >= limits.globalQueued;
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
