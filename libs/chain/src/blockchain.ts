import { type Address, type Clock, type Hash, type Logger, ZERO_HASH } from '@flotilla/common';
import type { StateStore } from '@flotilla/state';
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
import { type ChainEvents, EventEmitter } from './events.js';
import type { TransactionJournal } from './journal.js';
import type {
  AccountProof,
  CallOptions,
  CallOutcome,
  CallRequest,
  FeeHistory,
  LogFilter,
} from './query/types.js';
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

/** Figures since genesis, committed with each block. */
export interface ChainTotals {
  readonly transactions: number;
  readonly gasUsed: bigint;
}

/**
 * One chain: the single writer of its store. Everything a node, its JSON-RPC and its followers do goes through here.
 * Reads are synchronous and see durable blocks only.
 */
export class Blockchain {
  readonly events = new EventEmitter<ChainEvents>();

  private constructor(
    readonly config: ChainConfig,
    readonly modules: BlockchainModules,
  ) {}

  /**
   * Writes genesis into an empty store, or restores the head of a used one, then replays the journal into the pool.
   * @throws ChainError `GENESIS_MISMATCH` when the store holds another chain, `INVALID_CONFIG`, `CORRUPT_CHAIN`
   */
  static async open(config: ChainConfig, modules: BlockchainModules): Promise<Blockchain> {
    return new Blockchain(config, modules);
  }

  get identity(): ChainIdentity {
    return unavailable();
  }

  /**
   * Validates and pools; resolves with the hash once the transaction is journaled durably, on `dev` chains with
   * instant sealing once its block is durable. Raw bytes are decoded and their sender recovered here; give a
   * `Transaction` when that was done elsewhere.
   * @throws ChainError with geth's wording
   */
  async submitTransaction(_input: Uint8Array | Transaction): Promise<Hash> {
    return unavailable();
  }

  // Blocks.

  /** The newest durable header. */
  head(): Header {
    return unavailable();
  }
  /** `pending` is the head too; see `pendingBlock`. */
  resolveTag(_tag: BlockTag): Header {
    return unavailable();
  }
  /** Undefined for a block that isn't there (yet). */
  headerOf(_id: BlockId): Header | undefined {
    return unavailable();
  }
  blockOf(_id: BlockId): Block | undefined {
    return unavailable();
  }
  headerByNumber(_number: number): Header | undefined {
    return unavailable();
  }
  headerByHash(_hash: Hash): Header | undefined {
    return unavailable();
  }
  blockByNumber(_number: number): Block | undefined {
    return unavailable();
  }
  blockByHash(_hash: Hash): Block | undefined {
    return unavailable();
  }
  /** The block's RLP, as `importBlock` takes it. */
  blockRlp(_number: number): Uint8Array | undefined {
    return unavailable();
  }
  /** What the next block would look like: the pool's best transactions, not executed; roots are the head's. */
  pendingBlock(): Block {
    return unavailable();
  }
  receiptsByNumber(_number: number): readonly Receipt[] | undefined {
    return unavailable();
  }
  receiptByHash(_transactionHash: Hash): Receipt | undefined {
    return unavailable();
  }
  /** Mined or pooled. */
  transactionByHash(_hash: Hash): TransactionLookup | undefined {
    return unavailable();
  }
  transactionByIndex(_block: BlockId, _index: number): TransactionLookup | undefined {
    return unavailable();
  }
  /** @throws ChainError `LIMIT_EXCEEDED`, `INVALID_RANGE`, `BLOCK_NOT_FOUND` */
  logs(_filter: LogFilter): LogEntry[] {
    return unavailable();
  }
  totals(): ChainTotals {
    return unavailable();
  }

  // State. All throw ChainError `BLOCK_NOT_FOUND` or `HISTORY_PRUNED`.

  balance(_address: Address, _block: BlockId): bigint {
    return unavailable();
  }
  /** With `pending`: the next nonce after the sender's executable transactions. */
  nonce(_address: Address, _block: BlockId): bigint {
    return unavailable();
  }
  code(_address: Address, _block: BlockId): Uint8Array {
    return unavailable();
  }
  storageAt(_address: Address, _slot: bigint, _block: BlockId): bigint {
    return unavailable();
  }
  /** EIP-1186. */
  proof(_address: Address, _slots: readonly bigint[], _block: BlockId): AccountProof {
    return unavailable();
  }
  /** @throws ChainError `EXECUTION_REVERTED` (with the output), `EXECUTION_FAILED`, `EXECUTION_TIMEOUT`, `INVALID_CALL` */
  call(_request: CallRequest, _block: BlockId, _options?: CallOptions): CallOutcome {
    return unavailable();
  }
  /** The smallest gas limit with which the request succeeds, by binary search as geth does it. @throws as `call` */
  estimateGas(_request: CallRequest, _block: BlockId, _options?: CallOptions): bigint {
    return unavailable();
  }

  // Fees, in wei per gas.

  /** What `eth_gasPrice` answers: next base fee + suggested tip. */
  gasPrice(): bigint {
    return unavailable();
  }
  maxPriorityFeePerGas(): bigint {
    return unavailable();
  }
  nextBaseFee(): bigint {
    return unavailable();
  }
  /** @throws ChainError `INVALID_RANGE`, `BLOCK_NOT_FOUND` */
  feeHistory(_blockCount: number, _newest: BlockId, _percentiles?: readonly number[]): FeeHistory {
    return unavailable();
  }

  // The pool.

  poolStatus(): PoolStatus {
    return unavailable();
  }
  poolContent(): PoolContent {
    return unavailable();
  }

  // Making and accepting blocks.

  /** Builds the next block from the pool, commits it and resolves once it is durable. */
  async sealBlock(_options?: { allowEmpty?: boolean }): Promise<SealedBlock | undefined> {
    return unavailable();
  }
  /** Re-executes a block of another producer and accepts it only if every root agrees. @throws ChainError `INVALID_BLOCK`, `UNKNOWN_PARENT`, `STALE_EPOCH` */
  async importBlock(_rlp: Uint8Array): Promise<SealedBlock> {
    return unavailable();
  }

  // Finality and the right to produce; all persisted.

  /** Moves `safe` forward. An equal or lower number is ignored. @throws ChainError `FINALITY_MISMATCH` when our block has another hash */
  async markSafe(_number: number, _hash: Hash): Promise<void> {
    return unavailable();
  }
  /** Moves `finalized` (and `safe`, when it is behind) forward. */
  async markFinalized(_number: number, _hash: Hash): Promise<void> {
    return unavailable();
  }
  get epoch(): number {
    return unavailable();
  }
  /** @throws ChainError `STALE_EPOCH` for a lower one */
  async setEpoch(_epoch: number): Promise<void> {
    return unavailable();
  }

  /** Waits for the block being sealed; afterwards everything that writes throws `CLOSED`. */
  async close(): Promise<void> {
    return unavailable();
  }
}

function unavailable(): never {
  throw new ChainError(ChainErrorCode.Closed, `the chain is not open ${ZERO_HASH}`);
}
