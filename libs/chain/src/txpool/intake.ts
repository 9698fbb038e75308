import { type Address, type Clock, FlotillaError, type Hash, type Logger } from '@flotilla/common';
import { recoverAuthority } from '@flotilla/evm';
import { ChainError, ChainErrorCode } from '../errors.js';
import type { ChainEvents, EventEmitter } from '../events.js';
import type { TransactionJournal } from '../journal.js';
import { receiveTransaction } from '../transaction/receive.js';
import { TransactionBatch } from '../transaction/transaction-batch.js';
import type { Transaction } from '../transaction/types.js';
import { HeldTransactions } from './held-transactions.js';
import { InclusionWaiters } from './inclusion-waiters.js';
import { PoolJournal } from './pool-journal.js';
import type { DisallowedTransaction, TxPool } from './txpool.js';

export interface IntakeOptions {
  readonly chainId: bigint;
  /** Whether a send answers only once its block is durable. */
  readonly awaitsInclusion: boolean;
  /** A follower: what the journal has is kept for the day when it produces itself. */
  readonly holds?: boolean;
}

export interface IntakeModules {
  readonly pool: TxPool;
  readonly journal: TransactionJournal;
  readonly events: EventEmitter<ChainEvents>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** In a durable block. */
  isMined(hash: Hash): boolean;
  /** Wei per gas. */
  nextBaseFee(): bigint;
  onFatal(error: unknown): void;
}

/** A transaction of a batch that was not let in. */
export interface Refusal {
  readonly index: number;
  /** A ChainError, or a fault of ours. */
  readonly error: unknown;
}

interface Admitted {
  readonly index: number;
  readonly tx: Transaction;
  /** What became executable by it. */
  readonly promoted: readonly Transaction[];
  /** Its block, where a send waits for that. */
  readonly included: Promise<void> | undefined;
}

/** The way into the pool and out of it: journal, replay after a restart, the answer to the sender. */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #modules: IntakeModules;
  readonly #waiters: InclusionWaiters;
  readonly #journal: PoolJournal;
  readonly #held: HeldTransactions;

  constructor(options: IntakeOptions, modules: IntakeModules) {
    this.#options = options;
    this.#modules = modules;
    this.#waiters = new InclusionWaiters(modules.clock);
    this.#held = new HeldTransactions((tx) => this.#isMined(tx));
    this.#journal = new PoolJournal({
      journal: modules.journal,
      pool: unmined(modules.pool, this.#held),
      onFatal: modules.onFatal,
    });
  }

  /**
   * Resolves with the hash once losing the process can't lose the transaction.
   * @throws ChainError with geth's wording when the pool refuses it
   */
  async submit(input: Uint8Array | Transaction): Promise<Hash> {
    const tx =
      input instanceof Uint8Array ? receiveTransaction(input, this.#options.chainId) : input;
    let admitted: Omit<Admitted, 'index'>;
    try {
      admitted = this.#admit(tx);
    } catch (error) {
      if (!isAlreadyKnown(error)) throw error;
      return this.#submitAgain(tx, error);
    }
    await this.#promise([admitted], TransactionBatch.of([tx]));
    await admitted.included;
    return tx.hash;
  }

  /**
   * Who hears "already known" takes it for a promise. So it waits until the first sender's is kept; when that one
   * failed, the transaction comes as if for the first time.
   */
  async #submitAgain(tx: Transaction, alreadyKnown: ChainError): Promise<Hash> {
    await this.#journal.settled();
    if (this.#modules.pool.get(tx.hash) !== undefined || this.#isMined(tx)) throw alreadyKnown;
    return this.submit(tx);
  }

  /**
   * Transactions whose senders are known, one after the other: one journal record and one fsync for all. Resolves,
   * once losing the process can't lose those that were let in, with the ones that were not.
   */
  async submitBatch(batch: TransactionBatch): Promise<readonly Refusal[]> {
    const admitted: Admitted[] = [];
    const known: { readonly index: number; readonly error: ChainError }[] = [];
    const refusals: Refusal[] = [];
    // Also of what is no refusal but a fault: the others of the batch are promised all the same.
    const refuse = (index: number, error: unknown) => refusals.push({ index, error });
    for (let i = 0; i < batch.length; i++) {
      try {
        admitted.push({ ...this.#admit(batch.transaction(i)), index: i });
      } catch (error) {
        if (isAlreadyKnown(error)) known.push({ index: i, error });
        else refuse(i, error);
      }
    }
    await this.#promiseAll(batch, admitted, refuse);
    for (const { index, error } of known) {
      const again = this.#submitAgain(batch.transaction(index), error);
      await again.catch((why: unknown) => refuse(index, why));
    }
    return refusals;
  }

  async #promiseAll(
    batch: TransactionBatch,
    admitted: readonly Admitted[],
    refuse: (index: number, error: unknown) => void,
  ): Promise<void> {
    if (admitted.length === 0) return;
    try {
      const isWhole = admitted.length === batch.length;
      await this.#promise(admitted, isWhole ? batch : TransactionBatch.of(admitted.map(txOf)));
    } catch (error) {
      for (const { index } of admitted) refuse(index, error);
      return;
    }
    for (const { included, index } of admitted) {
      if (included !== undefined) await included.catch((error: unknown) => refuse(index, error));
    }
  }

  /** @throws ChainError with geth's wording when the pool refuses it */
  #admit(tx: Transaction): Omit<Admitted, 'index'> {
    const { promoted, replaced } = this.#modules.pool.add(tx);
    const included =
      this.#isAboutToBeMined(tx) && promoted.includes(tx) ? this.#waiters.wait(tx.hash) : undefined;
    if (replaced !== undefined) this.#replaced(replaced);
    if (promoted.length > 0) this.#announceWork();
    return { tx, promoted, included };
  }

  /** @throws ChainError `POOL_FULL` when the journal takes no more: none of them is in the pool then */
  async #promise(
    admitted: readonly Omit<Admitted, 'index'>[],
    record: TransactionBatch,
  ): Promise<void> {
    const { events } = this.#modules;
    try {
      await this.#journal.append(record);
    } catch (error) {
      throw this.#notJournaled(admitted.map(txOf), error);
    }
    if (events.listenerCount('pendingTransaction') === 0) return;
    for (const { promoted } of admitted) {
      for (const tx of promoted) events.emit('pendingTransaction', tx);
    }
  }

  /** A journal that is full refuses the transactions; any other failure leaves durability unknown. */
  #notJournaled(transactions: readonly Transaction[], error: unknown): unknown {
    if (error instanceof ChainError) {
      for (const tx of transactions) this.drop(tx, error);
      return error;
    }
    if (!(error instanceof FlotillaError && error.retryable)) {
      this.#modules.onFatal(error);
      return error;
    }
    const full = new ChainError(ChainErrorCode.PoolFull, 'txpool is full: so is its journal', {
      cause: error,
      retryable: true,
    });
    for (const tx of transactions) this.drop(tx, full);
    return full;
  }

  /**
   * Puts back what was promised before a restart. What is in a block already is left out, and what the settings no
   * longer allow is dropped: the process may have died between a change and its drops.
   */
  async replay(): Promise<void> {
    const { logger, pool } = this.#modules;
    if (this.#options.holds === true) return this.#replayHeld();
    let journaled = 0;
    const disallowed: DisallowedTransaction[] = [];
    for (const tx of this.#journal.replay()) {
      journaled++;
      if (this.#isMined(tx)) continue;
      const error = pool.disallows(tx);
      if (error === undefined) this.#restore(tx);
      else disallowed.push({ tx, error });
    }
    if (journaled > 0) logger.info('journal replayed', { journaled, ...pool.status() });
    await this.#dropForGood(disallowed);
    await this.#journal.prune();
  }

  /**
   * A follower's promise: resolves once losing this process, or the producer, can't lose them.
   * @throws ChainError `POOL_FULL` when the journal takes no more
   */
  async hold(batch: TransactionBatch): Promise<void> {
    this.#held.add(batch);
    try {
      await this.#journal.append(batch);
    } catch (error) {
      throw this.#notJournaled([], error);
    }
  }

  /** The follower produces from now on: what it held goes into the pool, as after a restart. */
  release(): void {
    for (const tx of this.#held.take()) if (!this.#isMined(tx)) this.#restore(tx);
    this.#announceWork();
  }

  #announceWork(): void {
    const { events } = this.#modules;
    events.emit('work', undefined);
    events.emit('pooled', undefined);
  }

  #replayHeld(): void {
    for (const tx of this.#journal.replay()) if (!this.#isMined(tx)) this.#held.add([tx]);
  }

  /** A transaction was proven invalid while a block was built. */
  drop(tx: Transaction, error: ChainError): void {
    this.#modules.pool.drop(tx);
    this.#tellDrop(tx, error);
  }

  /** The settings changed: takes out what no block may hold any more, each with its reason. */
  async dropDisallowed(): Promise<void> {
    await this.#dropForGood(this.#modules.pool.disallowed());
  }

  /** A block is written, though not durable yet: the pool follows the new state. */
  followState(mined: readonly Transaction[]): void {
    const { pool, events } = this.#modules;
    const { overtaken, promoted } = pool.advance(changedNonces(mined), mined);
    for (const tx of overtaken) this.#dropped(tx, overtakenError());
    for (const tx of promoted) events.emit('pendingTransaction', tx);
  }

  /** Balances and nonces were changed without a block. */
  followAccounts(accounts: Iterable<Address>): void {
    const { pool, events } = this.#modules;
    const { overtaken, promoted } = pool.advance(new Set(accounts), []);
    for (const tx of overtaken) this.#dropped(tx, overtakenError());
    for (const tx of promoted) events.emit('pendingTransaction', tx);
  }

  /** The pool is to hold these and nothing else, and so is the journal, when this resolves. */
  async reset(transactions: readonly Transaction[]): Promise<void> {
    const { pool } = this.#modules;
    const kept = new Set(transactions.map((tx) => tx.hash));
    for (const tx of [...pool.all()]) {
      pool.drop(tx);
      if (!kept.has(tx.hash)) this.#dropped(tx, takenBack());
    }
    for (const tx of transactions) if (!this.#isMined(tx)) this.#restore(tx);
    await this.#journal.rewrite();
  }

  /** Takes a transaction out for good: a restart doesn't bring it back either. */
  async discard(tx: Transaction): Promise<void> {
    this.drop(tx, takenBack());
    await this.#journal.rewrite();
  }

  /** A block is durable: senders get their answers, and the journal is rewritten if it has grown. */
  settle(mined: readonly Transaction[]): void {
    if (this.#waiters.size > 0) for (const tx of mined) this.#waiters.resolve(tx.hash);
    this.#held.mined(mined);
    void this.#journal.prune();
  }

  /** On chains where a send waits for its block: whether somebody is there to seal one that takes it. */
  #isAboutToBeMined(tx: Transaction): boolean {
    return (
      this.#options.awaitsInclusion &&
      this.#modules.events.listenerCount('work') > 0 &&
      tx.maxFeePerGas >= this.#modules.nextBaseFee()
    );
  }

  #isMined(tx: Transaction): boolean {
    const { pool, isMined } = this.#modules;
    // Nearly all that a journal holds beside the pool: no need to look each up.
    return pool.isUsed(tx) || isMined(tx.hash);
  }

  #restore(tx: Transaction): void {
    const { pool, logger } = this.#modules;
    try {
      pool.add(tx, { isPromised: true });
    } catch (error) {
      if (!(error instanceof ChainError)) throw error;
      if (isAlreadyKnown(error)) return;
      logger.warn('a journaled transaction is no longer valid', {
        hash: tx.hash,
        reason: error.message,
      });
    }
  }

  /** They are told as dropped only once a restart, under whatever settings, can't bring them back. */
  async #dropForGood(drops: readonly DisallowedTransaction[]): Promise<void> {
    if (drops.length === 0) return;
    for (const { tx } of drops) this.#modules.pool.drop(tx);
    await this.#journal.rewrite();
    for (const { tx, error } of drops) this.#tellDrop(tx, error);
  }

  #tellDrop(tx: Transaction, error: ChainError): void {
    this.#modules.logger.info('transaction dropped', { hash: tx.hash, reason: error.message });
    this.#dropped(tx, error);
  }

  #replaced(tx: Transaction): void {
    this.#waiters.resolve(tx.hash);
    this.#modules.events.emit('droppedTransaction', {
      hash: tx.hash,
      code: ChainErrorCode.ReplacementUnderpriced,
      reason: 'replaced',
    });
  }

  #dropped(tx: Transaction, error: ChainError): void {
    this.#waiters.reject(tx.hash, error);
    this.#modules.events.emit('droppedTransaction', {
      hash: tx.hash,
      code: error.code,
      reason: error.message,
    });
  }
}

/** All that the journal must not lose. */
function unmined(pool: TxPool, held: HeldTransactions): Pick<TxPool, 'size' | 'all'> {
  return {
    get size() {
      return pool.size + held.size;
    },
    *all() {
      yield* pool.all();
      yield* held.all();
    },
  };
}

function isAlreadyKnown(
  error: unknown,
): error is ChainError & { readonly code: ChainErrorCode.AlreadyKnown } {
  return error instanceof ChainError && error.code === ChainErrorCode.AlreadyKnown;
}

const txOf = ({ tx }: { readonly tx: Transaction }) => tx;

/** Senders, and EIP-7702 authorities: their nonces are raised as well. */
function changedNonces(mined: readonly Transaction[]): Set<`0x${string}`> {
  const accounts = new Set<`0x${string}`>();
  for (const tx of mined) {
    accounts.add(tx.from);
    for (const authorization of tx.authorizationList) {
      const authority = recoverAuthority(authorization);
      if (authority !== undefined) accounts.add(authority);
    }
  }
  return accounts;
}

function takenBack(): ChainError {
  return new ChainError(ChainErrorCode.TransactionNotFound, 'the transaction was taken back');
}

function overtakenError(): ChainError {
  return new ChainError(
    ChainErrorCode.NonceTooLow,
    'nonce too low: another transaction of that nonce was mined',
  );
}
