import type { Clock, Logger } from '@flotilla/common';
import { EvmError, EvmErrorCode } from '@flotilla/evm';
import type { BlockLimits } from '../config.js';
import { ChainError, ChainErrorCode } from '../errors.js';
import type { Transaction } from '../transaction/types.js';
import type { Candidates } from '../txpool/candidates.js';
import type { BlockExecution } from './block-execution.js';
import { Slices } from './slices.js';

export interface BlockBuilderModules {
  readonly clock: Clock;
  readonly logger: Logger;
  /** A fresh execution of the block, on the parent's state. */
  begin(): BlockExecution;
  /** What may go in, best first. */
  candidates(): Candidates;
  /** A transaction was proven invalid: it leaves the pool. */
  drop(tx: Transaction, error: ChainError): void;
}

/** The least gas that a transaction can need: with less left a block is full. */
const MIN_TRANSACTION_GAS = 21_000n;

/** More than an encoded header and the lists around it ever take. */
const HEADER_BYTES = 1024;
/** At most what RLP puts before a transaction. */
const ITEM_BYTES = 4;

/** Fills a block from the pool, within the limits of gas, bytes and time. */
export class BlockBuilder {
  readonly #limits: Required<BlockLimits>;
  readonly #modules: BlockBuilderModules;

  constructor(limits: Required<BlockLimits>, modules: BlockBuilderModules) {
    this.#limits = limits;
    this.#modules = modules;
  }

  /** Gives the event loop a turn between slices; what arrives meanwhile waits for the next block. */
  async build(): Promise<BlockExecution> {
    for (;;) {
      const block = await this.#fill(this.#modules.begin());
      if (block !== undefined) return block;
    }
  }

  /** Undefined when a transaction broke the executor: the state is unusable, that transaction is out, start again. */
  async #fill(block: BlockExecution): Promise<BlockExecution | undefined> {
    const { clock } = this.#modules;
    const candidates = this.#modules.candidates();
    const deadline = clock.now() + this.#limits.budgetMs;
    const slices = new Slices(this.#limits.sliceMs, clock);
    let bytes = HEADER_BYTES;
    while (block.gasLeft >= MIN_TRANSACTION_GAS) {
      const tx = candidates.peek();
      if (tx === undefined) return block;
      if (bytes + ITEM_BYTES + tx.raw.length > this.#limits.bytes) return block;
      if (tx.gasLimit > block.gasLeft && tx.gasLimit <= block.template.gasLimit) {
        candidates.skipSender();
        continue;
      }
      const outcome = this.#execute(block, tx);
      if (outcome === 'broken') return undefined;
      if (outcome === 'mined') {
        bytes += ITEM_BYTES + tx.raw.length;
        candidates.next();
      } else {
        candidates.skipSender();
      }
      const now = clock.now();
      if (now >= deadline) return block;
      const turn = slices.turn(now);
      if (turn !== undefined) await turn;
    }
    return block;
  }

  #execute(block: BlockExecution, tx: Transaction): 'mined' | 'invalid' | 'broken' {
    try {
      block.execute(tx);
      return 'mined';
    } catch (error) {
      if (error instanceof EvmError) {
        if (error.code !== EvmErrorCode.FeeCapTooLow) this.#modules.drop(tx, asChainError(error));
        return 'invalid';
      }
      if (error instanceof ChainError) {
        this.#modules.drop(tx, error);
        return 'invalid';
      }
      this.#modules.logger.error('a transaction broke the executor', { hash: tx.hash, error });
      this.#modules.drop(
        tx,
        new ChainError(ChainErrorCode.ExecutionFailed, 'the transaction cannot be executed', {
          cause: error,
        }),
      );
      return 'broken';
    }
  }
}

const CODES: Partial<Record<EvmErrorCode, ChainErrorCode>> = {
  [EvmErrorCode.NonceTooLow]: ChainErrorCode.NonceTooLow,
  [EvmErrorCode.NonceTooHigh]: ChainErrorCode.NonceTooHigh,
  [EvmErrorCode.NonceOverflow]: ChainErrorCode.NonceMax,
  [EvmErrorCode.SenderNotEoa]: ChainErrorCode.SenderNotEoa,
  [EvmErrorCode.InsufficientFunds]: ChainErrorCode.InsufficientFunds,
  [EvmErrorCode.IntrinsicGasTooLow]: ChainErrorCode.IntrinsicGasTooLow,
  [EvmErrorCode.FloorGasTooLow]: ChainErrorCode.FloorDataGasTooLow,
  [EvmErrorCode.BlockGasLimitExceeded]: ChainErrorCode.ExceedsBlockGasLimit,
  [EvmErrorCode.TransactionGasLimitExceeded]: ChainErrorCode.GasLimitTooHigh,
  [EvmErrorCode.FeeCapTooLow]: ChainErrorCode.Underpriced,
  [EvmErrorCode.TipAboveFeeCap]: ChainErrorCode.TipAboveFeeCap,
  [EvmErrorCode.InitCodeTooLarge]: ChainErrorCode.InitCodeTooLarge,
  [EvmErrorCode.UnsupportedTransactionType]: ChainErrorCode.TransactionTypeNotSupported,
};

/** The executor's verdict on a transaction, in the chain's own codes. */
export function asChainError(error: EvmError): ChainError {
  return new ChainError(CODES[error.code] ?? ChainErrorCode.InvalidTransaction, error.message, {
    cause: error,
  });
}
