import type { Address, Clock, Hash, Logger } from '@flotilla/common';
import { type StateStore, WriteBatch } from '@flotilla/state';
import type {
  Block,
  BlockId,
  BlockTag,
  Header,
  LogEntry,
  Receipt,
  SealedBlock,
} from './block/types.js';
import type { ChainConfig, ChainIdentity } from './config.js';
import { ChainError, ChainErrorCode } from './errors.js';
import type { ChainEvents, EventEmitter } from './events.js';
import type { FinalityTag } from './execution/finality.js';
import { Mutex } from './execution/mutex.js';
import type { TransactionJournal } from './journal.js';
import { assemble, type ChainParts } from './parts.js';
import { estimateGas } from './query/estimate-gas.js';
import { queryLogs } from './query/logs.js';
import { pendingBlock } from './query/pending-block.js';
import type {
  AccountProof,
  CallOptions,
  CallOutcome,
  CallRequest,
  FeeHistory,
  LogFilter,
} from './query/types.js';
import type { ChainTotals } from './storage/totals.js';
import type { Transaction, TransactionLookup } from './transaction/types.js';
import type { PoolContent, PoolStatus } from './txpool/types.js';

export interface BlockchainModules {
  readonly store: StateStore;
  readonly journal: TransactionJournal;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A durable commit failed: nothing more may be promised, the process must exit. */
  onFatal(error: unknown): void;
}

/**
 * One chain: the single writer of its store. Everything a node, its JSON-RPC and its followers do goes through here.
 * Reads are synchronous and see durable blocks only.
 */
export class Blockchain {
  readonly #parts: ChainParts;
  readonly #writing = new Mutex();
  #isClosed = false;

  private constructor(
    readonly config: ChainConfig,
    parts: ChainParts,
  ) {
    this.#parts = parts;
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

  get identity(): ChainIdentity {
    return this.#parts.identity;
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

  // Blocks.

  /** The newest durable header. */
  head(): Header {
    return this.#parts.writer.head;
  }

  /** `pending` is the head too; see `pendingBlock`. */
  resolveTag(tag: BlockTag): Header {
    if (tag === 'earliest') return this.#parts.genesis;
    if (tag === 'safe' || tag === 'finalized') return this.#parts.finality.header(tag);
    return this.head();
  }

  /** Undefined for a block that isn't there (yet). */
  headerOf(id: BlockId): Header | undefined {
    if (typeof id === 'string') return this.resolveTag(id);
    return typeof id === 'number' ? this.headerByNumber(id) : this.headerByHash(id.hash);
  }

  blockOf(id: BlockId): Block | undefined {
    const header = this.headerOf(id);
    return header && this.blockByNumber(header.number);
  }

  headerByNumber(number: number): Header | undefined {
    return this.#parts.reader.headerByNumber(number);
  }

  headerByHash(hash: Hash): Header | undefined {
    return this.#parts.reader.headerByHash(hash);
  }

  blockByNumber(number: number): Block | undefined {
    return this.#parts.reader.blockByNumber(number);
  }

  blockByHash(hash: Hash): Block | undefined {
    return this.blockOf({ hash });
  }

  /** The block's RLP, as `importBlock` takes it. */
  blockRlp(number: number): Uint8Array | undefined {
    return this.#parts.reader.rlpByNumber(number);
  }

  /** What the next block would look like: the pool's best transactions, not executed; roots are the head's. */
  pendingBlock(): Block {
    const { writer, pool } = this.#parts;
    const template = writer.nextTemplate();
    return pendingBlock(writer.head, template, pool.candidates(template.baseFeePerGas));
  }

  receiptsByNumber(number: number): readonly Receipt[] | undefined {
    return this.#parts.reader.receiptsByNumber(number);
  }

  receiptByHash(transactionHash: Hash): Receipt | undefined {
    return this.#parts.reader.receipt(transactionHash);
  }

  /** Mined or pooled. */
  transactionByHash(hash: Hash): TransactionLookup | undefined {
    const { reader, pool, unsettled } = this.#parts;
    const mined = reader.lookup(hash);
    if (mined !== undefined) return mined;
    const transaction = pool.get(hash) ?? unsettled.get(hash);
    return transaction && { transaction, block: undefined };
  }

  transactionByIndex(block: BlockId, index: number): TransactionLookup | undefined {
    const header = this.headerOf(block);
    return header && this.#parts.reader.lookupAt(header.number, index);
  }

  /** @throws ChainError `LIMIT_EXCEEDED`, `INVALID_RANGE`, `BLOCK_NOT_FOUND` */
  logs(filter: LogFilter): LogEntry[] {
    const { config, reader } = this.#parts;
    return queryLogs(filter, config.logs, { reader, head: this.head().number });
  }

  totals(): ChainTotals {
    return this.#parts.writer.totals;
  }

  // State. All throw ChainError `BLOCK_NOT_FOUND` or `HISTORY_PRUNED`.

  balance(address: Address, block: BlockId): bigint {
    return this.#parts.state.balance(address, this.#numberOf(block));
  }

  /** With `pending`: the next nonce after the sender's executable transactions. */
  nonce(address: Address, block: BlockId): bigint {
    if (block === 'pending') return this.#parts.pool.nextNonce(address);
    return this.#parts.state.nonce(address, this.#numberOf(block));
  }

  code(address: Address, block: BlockId): Uint8Array {
    return this.#parts.state.code(address, this.#numberOf(block));
  }

  storageAt(address: Address, slot: bigint, block: BlockId): bigint {
    return this.#parts.state.storage(address, slot, this.#numberOf(block));
  }

  /** EIP-1186. */
  proof(address: Address, slots: readonly bigint[], block: BlockId): AccountProof {
    return this.#parts.state.proof(address, slots, this.#numberOf(block));
  }

  /** @throws ChainError `EXECUTION_REVERTED` (with the output), `EXECUTION_FAILED`, `EXECUTION_TIMEOUT`, `INVALID_CALL` */
  call(request: CallRequest, block: BlockId, options?: CallOptions): CallOutcome {
    return this.#parts.caller.call(request, this.#headerOf(block), options);
  }

  /**
   * A gas limit with which the request succeeds, by geth's binary search: at most 1.5 % above the smallest.
   * On the head's state it is that of the block to come.
   * @throws as `call`, and `GAS_REQUIRED_EXCEEDS_ALLOWANCE`, `INSUFFICIENT_FUNDS`
   */
  estimateGas(request: CallRequest, block: BlockId, options: CallOptions = {}): bigint {
    const { caller, state, forks, config } = this.#parts;
    const header = this.#headerOf(block);
    const overrides = options.stateOverrides;
    const { from, to } = request;
    const upcoming = header.number === this.head().number ? caller.upcoming(header) : {};
    return estimateGas(request, {
      caller,
      header,
      options: { ...options, blockOverrides: { ...upcoming, ...options.blockOverrides } },
      gasCap: config.calls.gasCap,
      isOsaka: forks.at(header.timestamp) === 'osaka',
      balance: from ? (overrides?.get(from)?.balance ?? state.balance(from, header.number)) : 0n,
      recipientHasCode:
        to !== undefined && (overrides?.get(to)?.code ?? state.code(to, header.number)).length > 0,
    });
  }

  // Fees, in wei per gas.

  /** What `eth_gasPrice` answers: next base fee + suggested tip. */
  gasPrice(): bigint {
    return this.nextBaseFee() + this.maxPriorityFeePerGas();
  }

  maxPriorityFeePerGas(): bigint {
    return this.#parts.oracle.suggestTip(this.head());
  }

  nextBaseFee(): bigint {
    return this.#parts.oracle.nextBaseFee(this.head());
  }

  /** @throws ChainError `INVALID_RANGE`, `BLOCK_NOT_FOUND` */
  feeHistory(blockCount: number, newest: BlockId, percentiles?: readonly number[]): FeeHistory {
    return this.#parts.oracle.history(blockCount, this.#headerOf(newest), percentiles);
  }

  // The pool.

  poolStatus(): PoolStatus {
    return this.#parts.pool.status();
  }

  poolContent(): PoolContent {
    return this.#parts.pool.content();
  }

  /**
   * Whether the next block would have transactions: `ready`; or only later ones, when the base fee has fallen:
   * `underpriced`.
   */
  pendingWork(): 'ready' | 'underpriced' | 'none' {
    const { pool } = this.#parts;
    if (pool.status().pending === 0) return 'none';
    return pool.hasExecutable(this.nextBaseFee()) ? 'ready' : 'underpriced';
  }

  // Making and accepting blocks.

  /**
   * Builds the next block from the pool, commits it and resolves once it is durable. Without work there is no block,
   * unless `allowEmpty`.
   * @throws ChainError `CLOSED`
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

  #headerOf(block: BlockId): Header {
    const header = this.headerOf(block);
    if (header === undefined) {
      throw new ChainError(ChainErrorCode.BlockNotFound, 'header not found');
    }
    return header;
  }

  #numberOf(block: BlockId): number {
    return this.#headerOf(block).number;
  }
}
