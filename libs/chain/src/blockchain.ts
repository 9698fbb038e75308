import type { Address, Clock, Hash, Logger } from '@flotilla/common';
import { type StateStore, WriteBatch } from '@flotilla/state';
import type { Block, BlockId, SealedBlock } from './block/types.js';
import { ChainView } from './chain-view.js';
import type { ChainConfig, PoolLimits, SealingConfig } from './config.js';
import { DevControls, type DevModules } from './dev/dev-controls.js';
import { ChainError, ChainErrorCode } from './errors.js';
import type { ChainEvents, EventEmitter } from './events.js';
import type { ConfirmBlock } from './execution/chain-writer.js';
import type { FinalityTag } from './execution/finality.js';
import { Mutex } from './execution/mutex.js';
import { lowestFeeCap } from './fees/base-fee.js';
import type { TransactionJournal } from './journal.js';
import { assemble, type ChainParts } from './parts.js';
import { pendingBlock } from './query/pending-block.js';
import type { ScheduledSettings, SettingsInput } from './settings/chain-settings.js';
import { followSettings } from './settings/settings-change.js';
import type { ChainTotals } from './storage/totals.js';
import type { TransactionBatch } from './transaction/transaction-batch.js';
import type { Transaction, TransactionLookup } from './transaction/types.js';
import type { Refusal } from './txpool/intake.js';
import type { PoolContent, PoolStatus } from './txpool/types.js';

export interface BlockchainModules {
  readonly store: StateStore;
  readonly journal: TransactionJournal;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Asked before each block made here is committed; where another machine must have it first. */
  readonly confirmBlock?: ConfirmBlock;
  /** A follower: the journal's transactions are kept, and wait for `release`. */
  readonly holds?: boolean;
  /** A durable commit failed: nothing more may be promised, the process must exit. */
  onFatal(error: unknown): void;
  /** Asked before each block. @throws ChainError `DISK_FULL` when there is no room for one */
  checkRoom?(): void;
}

/**
 * One chain: the single writer of its store. Everything a node, its JSON-RPC and its followers do goes through here.
 * Reads are synchronous and see durable blocks only.
 */
export class Blockchain extends ChainView {
  readonly #parts: ChainParts;
  readonly #writing = new Mutex();
  #isClosed = false;
  /** What only the users of a development chain may do; undefined on production chains. */
  readonly dev: DevControls | undefined;

  private constructor(config: ChainConfig, parts: ChainParts) {
    super(config, parts);
    this.#parts = parts;
    const write: DevModules['write'] = (task) => this.#write(task);
    this.dev = parts.dev && new DevControls({ ...parts, ...parts.dev, write });
  }

  /**
   * Writes genesis into an empty store, or restores the head of a used one, then replays the journal into the pool.
   * @throws ChainError `GENESIS_MISMATCH` when the store holds another chain, `INVALID_CONFIG`, `CORRUPT_CHAIN`
   */
  static async open(config: ChainConfig, modules: BlockchainModules): Promise<Blockchain> {
    const parts = await assemble(config, modules);
    await parts.intake.replay();
    return new Blockchain(config, parts);
  }

  get events(): EventEmitter<ChainEvents> {
    return this.#parts.events;
  }

  /**
   * Validates and pools; resolves with the hash once the transaction is journaled durably, on `dev` chains with
   * instant sealing once its block is durable. Raw bytes are decoded and their sender recovered here; give a
   * `Transaction` when that was done elsewhere.
   * @throws ChainError with geth's wording
   */
  async submitTransaction(input: Uint8Array | Transaction): Promise<Hash> {
    this.#requireOpen();
    return this.#parts.intake.submit(input);
  }

  /**
   * As `submitTransaction` for transactions whose senders were recovered elsewhere, in order. Resolves with those that
   * were refused and why, once all others are durable; on `dev` chains with instant sealing once those are in durable
   * blocks. A failure of the journal other than being full rejects.
   */
  async submitBatch(batch: TransactionBatch): Promise<readonly Refusal[]> {
    this.#requireOpen();
    return this.#parts.intake.submitBatch(batch);
  }

  /** What the next block would look like: the pool's best transactions, not executed; roots are the head's. */
  pendingBlock(): Block {
    const { writer, pool } = this.#parts;
    const template = writer.nextTemplate();
    return pendingBlock(writer.head, template, pool.candidates(template.baseFeePerGas));
  }

  override blockOf(id: BlockId): Block | undefined {
    return id === 'pending' ? this.pendingBlock() : super.blockOf(id);
  }

  /** Mined or pooled. */
  override transactionByHash(hash: Hash): TransactionLookup | undefined {
    const { pool, unsettled } = this.#parts;
    const mined = super.transactionByHash(hash);
    if (mined !== undefined) return mined;
    const transaction = pool.get(hash) ?? unsettled.get(hash);
    return transaction && { transaction, block: undefined };
  }

  /** With `pending`: the next nonce after the sender's executable transactions. */
  override nonce(address: Address, block: BlockId): bigint {
    if (block === 'pending') return this.#parts.pool.nextNonce(address);
    return super.nonce(address, block);
  }

  /** Wei per gas. */
  override nextBaseFee(): bigint {
    return this.dev?.nextBaseFee ?? super.nextBaseFee();
  }

  totals(): ChainTotals {
    return this.#parts.writer.totals;
  }

  // The pool.

  /** Changes the pool's limits; what it holds stays. */
  limitPool(limits: PoolLimits): void {
    this.#parts.pool.limit(limits);
  }

  /** Whoever sees an empty pool finds its transactions mined: those of a block that isn't durable count as pending. */
  poolStatus(): PoolStatus {
    const { pool, unsettled } = this.#parts;
    const { pending, queued } = pool.status();
    return { pending: pending + unsettled.size, queued };
  }

  poolContent(): PoolContent {
    return this.#parts.pool.content();
  }

  /**
   * Whether the next block would have transactions: `ready`; or only later ones, when the base fee has fallen:
   * `underpriced`.
   */
  pendingWork(): 'ready' | 'underpriced' | 'none' {
    const { pool, schedule } = this.#parts;
    if (pool.status().pending === 0) return 'none';
    if (pool.hasExecutable(this.nextBaseFee())) return 'ready';
    // What was let in at a lower price, before the settings changed, may be out of reach of any base fee to come.
    const { fees } = schedule.newest.settings;
    return pool.hasExecutable(lowestFeeCap(fees)) ? 'underpriced' : 'none';
  }

  // Making and accepting blocks.

  /**
   * Builds the next block from the pool, commits it and resolves once it is durable. Without work there is no block,
   * unless `allowEmpty`.
   * @throws ChainError `CLOSED`, `DISK_FULL`
   */
  async sealBlock(options: { allowEmpty?: boolean } = {}): Promise<SealedBlock | undefined> {
    return this.#write(() => this.#parts.writer.seal(options.allowEmpty ?? false));
  }

  /**
   * Re-executes a block of another producer and accepts it only if every root agrees. A block that we have is
   * answered from the store.
   * @throws ChainError `INVALID_BLOCK`, `UNKNOWN_PARENT`, `STALE_EPOCH`
   */
  async importBlock(rlp: Uint8Array): Promise<SealedBlock> {
    return this.#write(() => this.#parts.writer.import(rlp));
  }

  /** A follower's: resolves once the producer's transactions are durable here. @throws ChainError `POOL_FULL`, `CLOSED` */
  async hold(batch: TransactionBatch): Promise<void> {
    this.#requireOpen();
    return this.#parts.intake.hold(batch);
  }

  /** A follower becomes the producer under this epoch: what it held is pooled. @throws ChainError `STALE_EPOCH` */
  async promote(epoch: number): Promise<void> {
    await this.#write(async () => {
      await this.#parts.writer.setEpoch(epoch);
      this.#parts.intake.release();
    });
  }

  /** A follower's: settings that its producer brought into force from a block on that is still to be imported. */
  async followSettings(scheduled: ScheduledSettings): Promise<void> {
    await this.#write(() => followSettings(scheduled, this.#parts));
  }

  /**
   * Brings settings into force with the next block, which is sealed at once, and drops from the pool what they no
   * longer allow. Idempotent by generation.
   * @returns what is in force then: a later generation if one was there already
   * @throws ChainError `INVALID_CONFIG`, `CLOSED`
   */
  async changeSettings(settings: SettingsInput, generation: number): Promise<ScheduledSettings> {
    return this.#write(() => this.#parts.changeSettings(settings, generation));
  }

  /** When blocks are to be made, by the newest settings. */
  get sealing(): SealingConfig {
    return this.#parts.sealing();
  }

  // Finality and the right to produce; all persisted.

  /**
   * Moves `safe` forward. An equal or lower number is ignored.
   * @throws ChainError `FINALITY_MISMATCH` when our block has another hash, `BLOCK_NOT_FOUND`
   */
  async markSafe(number: number, hash: Hash): Promise<void> {
    await this.#mark('safe', number, hash);
  }

  /** Moves `finalized` (and `safe`, when it is behind) forward. @throws as `markSafe` */
  async markFinalized(number: number, hash: Hash): Promise<void> {
    await this.#mark('finalized', number, hash);
  }

  get epoch(): number {
    return this.#parts.writer.epoch;
  }

  /** @throws ChainError `STALE_EPOCH` for a lower one */
  async setEpoch(epoch: number): Promise<void> {
    await this.#write(() => this.#parts.writer.setEpoch(epoch));
  }

  /** Waits for the block being sealed; afterwards everything that writes throws `CLOSED`. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#writing.idle();
  }

  async #mark(tag: FinalityTag, number: number, hash: Hash): Promise<void> {
    await this.#write(async () => {
      const { finality, writer, events } = this.#parts;
      const batch = new WriteBatch();
      const moved = finality.advance(tag, number, hash, batch);
      if (moved.length === 0) return;
      await writer.commit(batch);
      for (const name of moved) events.emit(name, finality.header(name));
    });
  }

  #write<Result>(task: () => Promise<Result>): Promise<Result> {
    return this.#writing.run(() => {
      this.#requireOpen();
      return task();
    });
  }

  #requireOpen(): void {
    if (!this.#isClosed && !this.#parts.isBroken()) return;
    throw new ChainError(ChainErrorCode.Closed, 'the chain is closed');
  }
}
