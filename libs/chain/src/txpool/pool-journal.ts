import type { TransactionJournal } from '../journal.js';
import { TransactionBatch } from '../transaction/transaction-batch.js';
import type { Transaction } from '../transaction/types.js';
import type { TxPool } from './txpool.js';

/** The journal is rewritten when it holds this many more transactions than the pool, and twice as many. */
const MIN_SURPLUS = 4096;
/** Of a record when the journal is rewritten: each is checked, and lost to damage, as a whole. */
const RECORD_TRANSACTIONS = 256;

export interface PoolJournalModules {
  readonly pool: Pick<TxPool, 'size' | 'all'>;
  readonly journal: TransactionJournal;
  onFatal(error: unknown): void;
}

/** The journal of what is in the pool, kept about as short as the pool. */
export class PoolJournal {
  readonly #modules: PoolJournalModules;
  /** Transactions in the journal, about. */
  #length = 0;
  #newestAppend: Promise<void> | undefined;
  #isPruning = false;

  constructor(modules: PoolJournalModules) {
    this.#modules = modules;
  }

  /** Resolves once the record is durable. @throws what the journal throws */
  async append(record: TransactionBatch): Promise<void> {
    this.#length += record.length;
    try {
      this.#newestAppend = this.#modules.journal.append(record.bytes);
      await this.#newestAppend;
    } catch (error) {
      this.#length -= record.length;
      throw error;
    }
  }

  /** Resolves once every record of now is durable, or has failed. */
  async settled(): Promise<void> {
    // Records are written in order.
    await Promise.allSettled([this.#newestAppend]);
  }

  *replay(): Iterable<Transaction> {
    for (const record of this.#modules.journal.replay()) {
      for (const tx of new TransactionBatch(record)) {
        this.#length++;
        yield tx;
      }
    }
  }

  /** Rewrites the journal if that is worth it. */
  async prune(): Promise<void> {
    const { pool } = this.#modules;
    const surplus = this.#length - pool.size;
    if (this.#isPruning || surplus < Math.max(MIN_SURPLUS, pool.size)) return;
    this.#isPruning = true;
    try {
      await this.#write({ always: false });
      this.#isPruning = false;
    } catch (error) {
      this.#modules.onFatal(error);
    }
  }

  /**
   * When it resolves, the journal holds the pool and nothing else.
   * @throws what the journal throws, which is fatal
   */
  async rewrite(): Promise<void> {
    // A record that is being written is kept, whatever the pool holds.
    await this.settled();
    try {
      await this.#write({ always: true });
    } catch (error) {
      this.#modules.onFatal(error);
      throw error;
    }
  }

  async #write(options: { readonly always: boolean }): Promise<void> {
    const { pool, journal } = this.#modules;
    this.#length = pool.size;
    await journal.prune(pooled(pool), options);
  }
}

/** Looked at only when the journal comes to it: what was appended while it waited is in the pool by then. */
function* pooled(pool: PoolJournalModules['pool']): Iterable<Uint8Array> {
  const transactions = [...pool.all()];
  for (let i = 0; i < transactions.length; i += RECORD_TRANSACTIONS) {
    yield TransactionBatch.of(transactions.slice(i, i + RECORD_TRANSACTIONS)).bytes;
  }
}
