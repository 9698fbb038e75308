import type { Address } from '@flotilla/common';
import { EvmError, EvmErrorCode } from './errors.js';
import type { EvmState } from './state.js';
import type { Tracer } from './tracer.js';
import type {
  BlockEnv,
  CallMessage,
  CallResult,
  EvmTransaction,
  Hardfork,
  TransactionResult,
} from './types.js';

export interface EvmOptions {
  readonly hardfork: Hardfork;
  /** Bound on the analysed code that is kept, in bytes of code; default 16 MiB. */
  readonly codeCacheBytes?: number;
}

export interface ExecuteOptions {
  readonly tracer?: Tracer;
  /** Asked every few thousand instructions; true stops the execution with `INTERRUPTED`. */
  readonly interrupt?: () => boolean;
}

/** Executes transactions, calls and system calls against an `EvmState`, synchronously. */
export class Evm {
  readonly hardfork: Hardfork;

  constructor(options: EvmOptions) {
    this.hardfork = options.hardfork;
  }

  /**
   * Validates, buys gas, executes, refunds, pays the coinbase. Calls the state's `beginTransaction` and
   * `endTransaction` itself.
   * @throws EvmError when the transaction is invalid (the state is then untouched) or `INTERRUPTED`
   */
  executeTransaction(
    _tx: EvmTransaction,
    _block: BlockEnv,
    _state: EvmState,
    _options: ExecuteOptions = {},
  ): TransactionResult {
    throw new EvmError(EvmErrorCode.UnsupportedTransactionType, 'being written');
  }

  /** As `eth_call`: nonce and sender code unchecked, fees only when given. The state keeps the changes: pass an overlay. */
  call(
    _message: CallMessage,
    _block: BlockEnv,
    _state: EvmState,
    _options: ExecuteOptions = {},
  ): CallResult {
    throw new EvmError(EvmErrorCode.UnsupportedTransactionType, 'being written');
  }

  /** EIP-4788, 2935, 7002, 7251: from the system address with 30,000,000 gas and no fee. */
  systemCall(_to: Address, _data: Uint8Array, _block: BlockEnv, _state: EvmState): Uint8Array {
    throw new EvmError(EvmErrorCode.UnsupportedTransactionType, 'being written');
  }
}
