import { type Address, type Hash, ZERO_ADDRESS } from '@flotilla/common';
import type { Block, BlockId, BlockTag, Header, LogEntry, Receipt } from './block/types.js';
import type { ChainConfig, ChainIdentity } from './config.js';
import { ChainError, ChainErrorCode } from './errors.js';
import { type AccessListOutcome, createAccessList } from './query/access-list.js';
import { Deadline } from './query/deadline.js';
import { estimateGas } from './query/estimate-gas.js';
import { type ForkConfigs, forkConfigs } from './query/fork-config.js';
import { queryLogs } from './query/logs.js';
import type { SimulatedBlock, SimulationRequest } from './query/simulate/types.js';
import type { Trace, TraceRequest, TransactionTrace } from './query/trace/types.js';
import type {
  AccountProof,
  CallOptions,
  CallOutcome,
  CallRequest,
  FeeHistory,
  LogFilter,
  StateWindow,
} from './query/types.js';
import { configHash } from './resolved-config.js';
import type { ScheduledSettings } from './settings/chain-settings.js';
import type { TransactionLookup } from './transaction/types.js';
import type { ViewParts } from './view-parts.js';

/** Everything that can be asked of a chain without its writer. Synchronous; sees durable blocks only. */
export class ChainView {
  readonly #parts: ViewParts;

  protected constructor(
    readonly config: ChainConfig,
    parts: ViewParts,
  ) {
    this.#parts = parts;
  }

  get identity(): ChainIdentity {
    return this.#parts.identity;
  }

  // Blocks.

  /** The newest durable header. */
  head(): Header {
    return this.#parts.head();
  }

  /** `pending` is the head too. */
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

  /** How many transactions a block holds; undefined for a block that isn't there (yet). */
  transactionCount(id: BlockId): number | undefined {
    const header = this.headerOf(id);
    return header && this.#parts.reader.transactionCount(header.number);
  }

  /** The block's RLP, as `importBlock` takes it. */
  blockRlp(number: number): Uint8Array | undefined {
    return this.#parts.reader.rlpByNumber(number);
  }

  receiptsByNumber(number: number): readonly Receipt[] | undefined {
    return this.#parts.reader.receiptsByNumber(number);
  }

  receiptByHash(transactionHash: Hash): Receipt | undefined {
    return this.#parts.reader.receipt(transactionHash);
  }

  /** Mined. */
  transactionByHash(hash: Hash): TransactionLookup | undefined {
    return this.#parts.reader.lookup(hash);
  }

  transactionByIndex(block: BlockId, index: number): TransactionLookup | undefined {
    const header = this.headerOf(block);
    return header && this.#parts.reader.lookupAt(header.number, index);
  }

  /** @throws ChainError `LIMIT_EXCEEDED`, `INVALID_RANGE`, `BLOCK_NOT_FOUND`, `EXECUTION_TIMEOUT` */
  logs(filter: LogFilter): LogEntry[] {
    const { config, reader, clock } = this.#parts;
    const deadline = new Deadline(config.logs.timeoutMs, clock);
    return queryLogs(filter, config.logs, { reader, head: this.head().number, deadline });
  }

  /** EIP-7910: the rules in force and those to come. */
  forks(): ForkConfigs {
    const { config, genesis } = this.#parts;
    const times = { genesis: genesis.timestamp, now: this.head().timestamp };
    return forkConfigs(config.hardforks, times);
  }

  /** How far back states are kept. */
  stateWindow(): StateWindow {
    const { state, config } = this.#parts;
    const { archive, minBlocks } = config.history;
    return { oldestBlock: state.oldest(), blocks: archive ? undefined : minBlocks };
  }

  // State. All throw ChainError `BLOCK_NOT_FOUND` or `HISTORY_PRUNED`.

  balance(address: Address, block: BlockId): bigint {
    return this.#parts.state.balance(address, this.#numberOf(block));
  }

  nonce(address: Address, block: BlockId): bigint {
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
   * @throws as `call`, and `GAS_REQUIRED_EXCEEDS_ALLOWANCE`, `INSUFFICIENT_FUNDS`, `SENDER_NOT_ALLOWED`
   */
  estimateGas(request: CallRequest, block: BlockId, options: CallOptions = {}): bigint {
    const { caller, state, forks, schedule, config } = this.#parts;
    const header = this.#headerOf(block);
    const overrides = options.stateOverrides;
    const { from, to } = request;
    const isHead = header.number === this.head().number;
    const upcoming = isHead ? caller.upcoming(header) : {};
    const { allow } = schedule.at(header.number + (isHead ? 1 : 0));
    const refusal = from && allow?.senderRefusal(from);
    if (refusal !== undefined) throw refusal;
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

  /** EIP-2930: what the request touches, and what it costs with that list. @throws as `call`, but for reverts */
  createAccessList(
    request: CallRequest,
    block: BlockId,
    options: CallOptions = {},
  ): AccessListOutcome {
    const { caller, state, forks } = this.#parts;
    const header = this.#headerOf(block);
    const evm = forks.evm(forks.at(header.timestamp));
    return createAccessList(request, {
      caller,
      header,
      options,
      nonce: request.nonce ?? state.nonce(request.from ?? ZERO_ADDRESS, header.number),
      isPrecompile: (address) => evm.isPrecompile(address),
    });
  }

  /**
   * Blocks that might follow a block.
   * @throws SimulationError, ChainError `BLOCK_NOT_FOUND`, `HISTORY_PRUNED`, `DEPLOYER_NOT_ALLOWED`
   */
  simulate(request: SimulationRequest, block: BlockId): SimulatedBlock[] {
    return this.#parts.simulator.simulate(request, this.#headerOf(block));
  }

  // Traces. All throw ChainError `HISTORY_PRUNED`, `EXECUTION_TIMEOUT`, `LIMIT_EXCEEDED` (too large).

  /** @throws `TRANSACTION_NOT_FOUND`, also for pooled ones */
  traceTransaction(hash: Hash, request: TraceRequest): Trace {
    return this.#parts.tracer.traceTransaction(hash, request);
  }

  /** By position in the block. @throws `BLOCK_NOT_FOUND`, `NOT_TRACEABLE` (genesis) */
  traceBlock(block: BlockId, request: TraceRequest): TransactionTrace[] {
    return this.#parts.tracer.traceBlock(this.#headerOf(block), request);
  }

  /** @throws `BLOCK_NOT_FOUND`, `INVALID_CALL` */
  traceCall(
    request: CallRequest,
    block: BlockId,
    trace: TraceRequest,
    options: CallOptions = {},
  ): Trace {
    return this.#parts.caller.trace(request, this.#headerOf(block), options, trace);
  }

  // Fees, in wei per gas.

  /** What `eth_gasPrice` answers: next base fee + suggested tip. */
  gasPrice(): bigint {
    return this.nextBaseFee() + this.maxPriorityFeePerGas();
  }

  maxPriorityFeePerGas(): bigint {
    return this.#parts.oracle.suggestTip(this.head());
  }

  /** Gas of the blocks that `maxPriorityFeePerGas` has to go through first; 0 when it knows its answer. */
  suggestionGas(): bigint {
    return this.#parts.oracle.suggestionGas(this.head());
  }

  nextBaseFee(): bigint {
    return this.#parts.oracle.nextBaseFee(this.head());
  }

  /** @throws ChainError `INVALID_RANGE`, `BLOCK_NOT_FOUND` */
  feeHistory(blockCount: number, newest: BlockId, percentiles?: readonly number[]): FeeHistory {
    return this.#parts.oracle.history(blockCount, this.#headerOf(newest), percentiles);
  }

  // Settings: fees, gas limit, token and allowlists, each change from a block on.

  /** In force at a block; past the head, those that the newest change brings. */
  settingsAt(blockNumber: number): ScheduledSettings {
    return this.#parts.schedule.at(blockNumber);
  }

  /** The newest changes that begin no later than at this block, oldest first. */
  settingsUpTo(blockNumber: number, limit: number): readonly ScheduledSettings[] {
    return this.#parts.schedule.upTo(blockNumber, limit);
  }

  /** keccak-256 of the canonical encoding of what consensus depends on at this block. */
  configHashAt(blockNumber: number): Hash {
    return configHash(this.#parts.config, this.settingsAt(blockNumber).settings);
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
