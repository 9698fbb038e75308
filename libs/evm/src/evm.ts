import { type Address, EMPTY_BYTES, type Hash, ZERO_ADDRESS } from '@flotilla/common';
import { setGas, totalGas } from './allotment.js';
import { createAddress } from './create.js';
import { EvmError, EvmErrorCode } from './errors.js';
import { execute } from './execute.js';
import { Limit } from './gas.js';
import { Machine } from './machine.js';
import type { EvmState } from './state.js';
import type { Tracer } from './tracer.js';
import { applyAuthorizations } from './transaction/authorizations.js';
import { blobGas, effectiveGasPrice, upfrontCost } from './transaction/fees.js';
import type { IntrinsicGas } from './transaction/intrinsic-gas.js';
import {
  validateGas,
  validateSender,
  validateSize,
  validateStatically,
} from './transaction/validation.js';
import { Translator } from './translator/translator.js';
import type {
  BlockEnv,
  CallMessage,
  CallResult,
  EvmTransaction,
  Hardfork,
  TransactionResult,
} from './types.js';
import { toWord } from './word.js';
import { hexToWord } from './word-bytes.js';

const DEFAULT_CODE_CACHE_BYTES = 2 * 1024 * 1024;
const DEFAULT_TRANSLATE_AFTER = 1_000;
/** The sender of system calls (EIP-4788). */
export const SYSTEM_ADDRESS: Address = '0xfffffffffffffffffffffffffffffffffffffffe';
const SYSTEM_CALL_GAS = 30_000_000n;

export interface EvmOptions {
  readonly hardfork: Hardfork;
  /** Bound on the analysed code that is kept, in bytes of code (each takes about 12 bytes); default 2 MiB. */
  readonly codeCacheBytes?: number;
  /**
   * How often the start of a program or loop is interpreted before it is translated to JavaScript: 0 for at once,
   * at most 8,000, Infinity for never; default 1,000. Makes no difference to what comes out.
   */
  readonly translateAfter?: number;
}

export interface ExecuteOptions {
  readonly tracer?: Tracer;
  /** Also of a sender with code, which EIP-3607 forbids: a development chain's impersonated contract. */
  readonly anySender?: boolean;
  /** Asked every few thousand basic blocks; true stops the execution with `INTERRUPTED`. */
  readonly interrupt?: () => boolean;
  /**
   * False: CREATE and CREATE2 push 0 as with too little balance, with no gas passed on and the nonce as it was.
   * Says nothing about a transaction that itself creates. Default true, as in Ethereum.
   */
  readonly mayCreate?: boolean;
}

/** The prices that one execution sees. */
interface Prices {
  readonly gasPrice: bigint;
  readonly baseFee: bigint;
  readonly blobBaseFee: bigint;
}

/** Executes transactions, calls and system calls of one hardfork against an `EvmState`, synchronously. */
export class Evm {
  readonly hardfork: Hardfork;
  private readonly machine: Machine;

  constructor(options: EvmOptions) {
    this.hardfork = options.hardfork;
    this.machine = new Machine(
      options.hardfork,
      options.codeCacheBytes ?? DEFAULT_CODE_CACHE_BYTES,
      new Translator(options.hardfork, options.translateAfter ?? DEFAULT_TRANSLATE_AFTER),
    );
  }

  isPrecompile(address: Address): boolean {
    return this.machine.precompiles.has(address);
  }

  /**
   * Validates, buys gas, executes, refunds, pays the coinbase. Calls the state's `beginTransaction` and
   * `endTransaction` itself.
   * @throws EvmError when the transaction is invalid (the state is then untouched) or `INTERRUPTED` (the state is as
   * before the transaction)
   */
  executeTransaction(
    tx: EvmTransaction,
    block: BlockEnv,
    state: EvmState,
    options: ExecuteOptions = {},
  ): TransactionResult {
    const due = validateStatically(tx, block, this.hardfork);
    validateSender(tx, state, options.anySender ? undefined : this.hardfork);
    const gasPrice = effectiveGasPrice(tx, block.baseFee);
    const prices = { gasPrice, baseFee: block.baseFee, blobBaseFee: block.blobBaseFee };
    const result = this.apply(tx, due, prices, block, state, options);
    return { ...result, effectiveGasPrice: gasPrice, blobGasUsed: blobGas(tx) };
  }

  /**
   * As `eth_call`: nonce, sender's code and block gas limit go unchecked, and fees are charged only where the message
   * names them. The state keeps the changes: pass an overlay to throw away.
   * @throws EvmError `INSUFFICIENT_FUNDS`, `INTRINSIC_GAS_TOO_LOW`, … or `INTERRUPTED`
   */
  call(
    message: CallMessage,
    block: BlockEnv,
    state: EvmState,
    options: ExecuteOptions = {},
  ): CallResult {
    const tx = completeMessage(message, state);
    validateSize(tx);
    const due = validateGas(tx, this.hardfork);
    const free = tx.maxFeePerGas === 0n;
    const baseFee = free ? 0n : block.baseFee;
    if (tx.maxFeePerGas < baseFee) {
      throw new EvmError(EvmErrorCode.FeeCapTooLow, 'max fee per gas less than block base fee');
    }
    const blobBaseFee = (tx.maxFeePerBlobGas ?? 0n) === 0n ? 0n : block.blobBaseFee;
    const prices = { gasPrice: effectiveGasPrice(tx, baseFee), baseFee, blobBaseFee };
    const cost = tx.gasLimit * tx.maxFeePerGas + blobGas(tx) * blobBaseFee + tx.value;
    const balance = state.getBalance(tx.from);
    if (balance < cost) {
      throw new EvmError(
        EvmErrorCode.InsufficientFunds,
        `insufficient funds for gas * price + value: address ${tx.from} have ${balance} want ${cost}`,
      );
    }
    return this.apply(tx, due, prices, block, state, options);
  }

  /**
   * EIP-4788, 2935, 7002, 7251: from the system address with 30,000,000 gas and no fee. Nothing happens where there is
   * no code.
   * @returns the output
   * @throws EvmError `SYSTEM_CALL_FAILED` when it reverts or halts; the state is then as before
   */
  systemCall(to: Address, data: Uint8Array, block: BlockEnv, state: EvmState): Uint8Array {
    const { machine } = this;
    state.beginTransaction();
    machine.begin({
      state,
      block,
      origin: SYSTEM_ADDRESS,
      gasPrice: 0n,
      baseFee: block.baseFee,
      blobBaseFee: block.blobBaseFee,
      blobHashes: [],
      mayCreate: true,
      tracer: undefined,
      interrupt: undefined,
    });
    state.warmAddress(to);
    const frame = machine.frames.at(0);
    frame.kind = 'CALL';
    frame.isStatic = false;
    frame.caller = SYSTEM_ADDRESS;
    frame.callerWord = hexToWord(SYSTEM_ADDRESS);
    frame.address = to;
    frame.addressWord = hexToWord(to);
    frame.codeAddress = to;
    frame.value = 0;
    frame.input = data;
    setGas(frame, SYSTEM_CALL_GAS);
    execute(machine, frame);
    state.endTransaction();
    if (frame.status !== 'success') {
      throw new EvmError(EvmErrorCode.SystemCallFailed, `system call to ${to} failed`, {
        data: { to, status: frame.status, haltReason: frame.haltReason },
      });
    }
    return frame.output;
  }

  /** Everything after validation. */
  private apply(
    tx: EvmTransaction,
    due: IntrinsicGas,
    prices: Prices,
    block: BlockEnv,
    state: EvmState,
    options: ExecuteOptions,
  ): CallResult {
    state.beginTransaction();
    const start = state.snapshot();
    try {
      return this.run(tx, due, prices, block, state, options);
    } catch (error) {
      state.revertTo(start);
      throw error;
    }
  }

  private run(
    tx: EvmTransaction,
    due: IntrinsicGas,
    prices: Prices,
    block: BlockEnv,
    state: EvmState,
    options: ExecuteOptions,
  ): CallResult {
    const { machine } = this;
    machine.begin({
      state,
      block,
      origin: tx.from,
      ...prices,
      blobHashes: tx.blobVersionedHashes ?? NO_HASHES,
      mayCreate: options.mayCreate ?? true,
      tracer: options.tracer,
      interrupt: options.interrupt,
    });
    const upfront = upfrontCost(tx, prices.gasPrice, prices.blobBaseFee);
    if (upfront !== 0n) state.setBalance(tx.from, state.getBalance(tx.from) - upfront);
    const nonce = state.getNonce(tx.from);
    state.setNonce(tx.from, nonce + 1n);
    const target = tx.to ?? createAddress(tx.from, nonce);
    this.warm(tx, target, block, state);
    if (tx.authorizationList !== undefined) {
      applyAuthorizations(tx.authorizationList, block.chainId, state);
    }
    const delegate = machine.delegateOf(target);
    if (delegate !== undefined && tx.to !== undefined) state.warmAddress(delegate);

    const frame = machine.frames.at(0);
    frame.kind = tx.to === undefined ? 'CREATE' : 'CALL';
    frame.isStatic = false;
    frame.caller = tx.from;
    frame.callerWord = machine.origin;
    frame.address = target;
    frame.addressWord = hexToWord(target);
    frame.codeAddress = target;
    frame.value = toWord(tx.value);
    frame.input = tx.data;
    setGas(frame, tx.gasLimit - due.intrinsic);
    execute(machine, frame);

    const spent = tx.gasLimit - totalGas(frame);
    const refund = capRefund(state.getRefund(), spent);
    let gasUsed = spent - refund;
    if (gasUsed < due.floor) gasUsed = due.floor;
    this.settle(tx, gasUsed, prices, block, state);
    const { logs } = state.endTransaction();
    const { status, output, haltReason } = frame;
    frame.output = EMPTY_BYTES;
    const outcome = { status, gasUsed, gasRefunded: refund, output, logs };
    if (haltReason !== undefined) return { ...outcome, haltReason };
    if (tx.to === undefined && status === 'success') return { ...outcome, createdAddress: target };
    return outcome;
  }

  /** EIP-2929, 2930, 3651. Precompiles are warm without being listed. */
  private warm(tx: EvmTransaction, target: Address, block: BlockEnv, state: EvmState): void {
    state.warmAddress(tx.from);
    state.warmAddress(target);
    state.warmAddress(block.coinbase);
    if (tx.accessList === undefined) return;
    for (const { address, storageKeys } of tx.accessList) {
      state.warmAddress(address);
      for (const key of storageKeys) state.warmSlot(address, BigInt(key));
    }
  }

  /** Gives the unused gas back and pays the tip; the base fee is burnt. */
  private settle(
    tx: EvmTransaction,
    gasUsed: bigint,
    { gasPrice, baseFee }: Prices,
    block: BlockEnv,
    state: EvmState,
  ): void {
    const rest = (tx.gasLimit - gasUsed) * gasPrice;
    if (rest !== 0n) state.setBalance(tx.from, state.getBalance(tx.from) + rest);
    const tip = (gasPrice - baseFee) * gasUsed;
    if (tip === 0n) state.touch(block.coinbase);
    else state.setBalance(block.coinbase, state.getBalance(block.coinbase) + tip);
  }
}

const NO_HASHES: readonly Hash[] = [];

/** EIP-3529. */
function capRefund(refund: bigint, spent: bigint): bigint {
  const most = spent / BigInt(Limit.refundQuotient);
  return refund < most ? refund : most;
}

/** The message as a transaction of its sender; what is left out is zero or empty. */
export function completeMessage(message: CallMessage, state: EvmState): EvmTransaction {
  const from = message.from ?? ZERO_ADDRESS;
  return {
    type: 0,
    to: undefined,
    maxFeePerGas: 0n,
    maxPriorityFeePerGas: 0n,
    value: 0n,
    data: EMPTY_BYTES,
    ...message,
    from,
    nonce: state.getNonce(from),
  };
}
