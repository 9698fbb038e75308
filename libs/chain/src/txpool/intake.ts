import { type Clock, FlotillaError, type Hash, type Logger } from '@flotilla/common';
import { recoverAuthority } from '@flotilla/evm';
import { ChainError, ChainErrorCode } from '../errors.js';
import type { ChainEvents, EventEmitter } from '../events.js';
import type { TransactionJournal } from '../journal.js';
import { decodeTransaction } from '../transaction/decode.js';
import { withSender } from '../transaction/sender.js';
import type { Transaction } from '../transaction/types.js';
import { InclusionWaiters } from './inclusion-waiters.js';
import type { TxPool } from './txpool.js';
import { checkSize } from './validation.js';

export interface IntakeOptions {
  readonly chainId: bigint;
  /** Whether a send answers only once its block is durable. */
  readonly awaitsInclusion: boolean;
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

/** The journal is rewritten when it holds this many more transactions than the pool, and twice as many. */
const MIN_JOURNAL_SURPLUS = 4096;

/** The way into the pool and out of it: journal, replay after a restart, the answer to the sender. */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #modules: IntakeModules;
  readonly #waiters: InclusionWaiters;
  /** Transactions in the journal, about. */
  #journaled = 0;
  #isPruning = false;

  constructor(options: IntakeOptions, modules: IntakeModules) {
    this.#options = options;
    this.#modules = modules;
    this.#waiters = new InclusionWaiters(modules.clock);
  }

  /**
   * Resolves with the hash once losing the process can't lose the transaction.
   * @throws ChainError with geth's wording when the pool refuses it
   */
  async submit(input: Uint8Array | Transaction): Promise<Hash> {
    const { pool, events, journal } = this.#modules;
    const tx = input instanceof Uint8Array ? this.#decode(input) : input;
    const { promoted, replaced } = pool.add(tx);
    const included =
      promoted.includes(tx) && this.#isAboutToBeMined(tx) ? this.#waiters.wait(tx.hash) : undefined;
    if (replaced !== undefined) this.#replaced(replaced);
    if (promoted.length > 0) events.emit('work', undefined);
    this.#journaled++;
    try {
      await journal.append(tx.raw);
    } catch (error) {
      throw this.#notJournaled(tx, error);
    }
    for (const pending of promoted) events.emit('pendingTransaction', pending);
    await included;
    return tx.hash;
  }

  /** A journal that is full refuses the transaction; any other failure leaves durability unknown. */
  #notJournaled(tx: Transaction, error: unknown): unknown {
    this.#journaled--;
    if (!(error instanceof FlotillaError && error.retryable)) {
      this.#modules.onFatal(error);
      return error;
    }
    const full = new ChainError(ChainErrorCode.PoolFull, 'txpool is full: so is its journal', {
      cause: error,
      retryable: true,
    });
    this.drop(tx, full);
    return full;
  }

  /** Puts back what was promised before a restart. What is in a block already is left out. */
  async replay(): Promise<void> {
    const { journal, logger, pool } = this.#modules;
    for (const raw of journal.replay()) {
      this.#journaled++;
      this.#restore(raw);
    }
    if (this.#journaled > 0) {
      logger.info('journal replayed', { journaled: this.#journaled, ...pool.status() });
    }
    await this.#pruneJournal();
  }

  /** A transaction was proven invalid while a block was built. */
  drop(tx: Transaction, error: ChainError): void {
    this.#modules.pool.drop(tx);
    this.#modules.logger.info('transaction dropped', { hash: tx.hash, reason: error.message });
    this.#dropped(tx, error);
  }

  /** A block is written, though not durable yet: the pool follows the new state. */
  followState(mined: readonly Transaction[]): void {
    const { pool, events } = this.#modules;
    const hashes = new Set(mined.map((tx) => tx.hash));
    for (const account of changedNonces(mined)) {
      const { obsolete, promoted } = pool.advance(account);
      for (const tx of obsolete) {
        if (!hashes.has(tx.hash)) this.#dropped(tx, overtaken());
      }
      for (const tx of promoted) events.emit('pendingTransaction', tx);
    }
  }

  /** A block is durable: senders get their answers, and the journal is rewritten if it has grown. */
  settle(mined: readonly Transaction[]): void {
    for (const tx of mined) this.#waiters.resolve(tx.hash);
    void this.#pruneJournal();
  }

  /** On chains where a send waits for its block: whether somebody is there to seal one that takes it. */
  #isAboutToBeMined(tx: Transaction): boolean {
    return (
      this.#options.awaitsInclusion &&
      this.#modules.events.listenerCount('work') > 0 &&
      tx.maxFeePerGas >= this.#modules.nextBaseFee()
    );
  }

  #decode(raw: Uint8Array): Transaction {
    checkSize(raw.length);
    if (raw[0] === 3) {
      // Before decoding: with its blobs it comes in another form than the one that is decoded here.
      throw new ChainError(
        ChainErrorCode.TransactionTypeNotSupported,
        'transaction type not supported',
      );
    }
    return withSender(decodeTransaction(raw), this.#options.chainId);
  }

  #restore(raw: Uint8Array): void {
    const { pool, logger, isMined } = this.#modules;
    const signed = decodeTransaction(raw);
    if (isMined(signed.hash)) return;
    try {
      pool.add(withSender(signed, this.#options.chainId), { isPromised: true });
    } catch (error) {
      if (!(error instanceof ChainError)) throw error;
      if (error.code === ChainErrorCode.AlreadyKnown) return;
      logger.warn('a journaled transaction is no longer valid', {
        hash: signed.hash,
        reason: error.message,
      });
    }
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

  async #pruneJournal(): Promise<void> {
    const { pool, journal } = this.#modules;
    const surplus = this.#journaled - pool.size;
    if (this.#isPruning || surplus < Math.max(MIN_JOURNAL_SURPLUS, pool.size)) return;
    this.#isPruning = true;
    const kept = Array.from(pool.all(), (tx) => tx.raw);
    this.#journaled = kept.length;
    try {
      await journal.prune(kept);
    } catch (error) {
      this.#modules.onFatal(error);
    } finally {
      this.#isPruning = false;
    }
  }
}

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

function overtaken(): ChainError {
  return new ChainError(
    ChainErrorCode.NonceTooLow,
    'nonce too low: another transaction of that nonce was mined',
  );
}
