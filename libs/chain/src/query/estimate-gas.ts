import { type CallMessage, type CallResult, EvmErrorCode, type Tracer } from '@flotilla/evm';
import type { Header } from '../block/types.js';
import { ChainError, ChainErrorCode } from '../errors.js';
import { type Caller, reverted } from './caller.js';
import { haltMessage } from './halt-message.js';
import type { CallOptions, CallRequest } from './types.js';

const TRANSFER_GAS = 21_000n;
const CALL_STIPEND = 2_300n;
/** EIP-7825, from Osaka on. */
const MAX_TRANSACTION_GAS = 16_777_216n;
/** The search ends when its bounds are this close, in parts of 1,000; geth's value. */
const TOLERANCE_PERMILLE = 15n;

export interface EstimateContext {
  readonly caller: Caller;
  readonly header: Header;
  readonly options: CallOptions;
  /** Gas that no estimate may exceed. */
  readonly gasCap: bigint;
  readonly isOsaka: boolean;
  /** Of the sender, in wei, overrides included. */
  readonly balance: bigint;
  /** Nobody's code runs when the recipient has none. */
  readonly recipientHasCode: boolean;
}

function isPlainTransfer(request: CallRequest, context: EstimateContext): boolean {
  return (
    request.to !== undefined &&
    (request.data?.length ?? 0) === 0 &&
    (request.accessList?.length ?? 0) === 0 &&
    (request.authorizationList?.length ?? 0) === 0 &&
    !context.recipientHasCode
  );
}

/** The most gas that the request may get: its own limit or the block's, what the sender can pay, the node's cap. */
function upperBound(request: CallRequest, context: EstimateContext): bigint {
  let bound =
    request.gas !== undefined && request.gas >= TRANSFER_GAS
      ? request.gas
      : (context.options.blockOverrides?.gasLimit ?? context.header.gasLimit);
  if (context.isOsaka && bound > MAX_TRANSACTION_GAS) bound = MAX_TRANSACTION_GAS;
  const price = request.gasPrice ?? request.maxFeePerGas ?? 0n;
  if (price > 0n) {
    const value = request.value ?? 0n;
    if (value > context.balance) {
      throw new ChainError(ChainErrorCode.InsufficientFunds, 'insufficient funds for transfer');
    }
    const affordable = (context.balance - value) / price;
    if (affordable < bound) bound = affordable;
  }
  return bound < context.gasCap ? bound : context.gasCap;
}

function failure(result: CallResult, gas: bigint): ChainError {
  if (result.status === 'revert') return reverted(result.output);
  if (result.haltReason !== EvmErrorCode.OutOfGas) {
    return new ChainError(ChainErrorCode.ExecutionFailed, haltMessage(result.haltReason));
  }
  return new ChainError(
    ChainErrorCode.GasRequiredExceedsAllowance,
    `gas required exceeds allowance (${gas})`,
  );
}

/**
 * The gas limit with which the request succeeds, by geth's search: above what it used, within 1.5 %.
 * @throws ChainError `EXECUTION_REVERTED`, `GAS_REQUIRED_EXCEEDS_ALLOWANCE`, `INSUFFICIENT_FUNDS`, …
 */
export function estimateGas(request: CallRequest, context: EstimateContext): bigint {
  const message = context.caller.message(request);
  const attempt = (gasLimit: bigint, tracer?: Tracer) =>
    run(context, { ...message, gasLimit }, tracer);

  let high = upperBound(request, context);
  if (isPlainTransfer(request, context) && high >= TRANSFER_GAS) {
    if (attempt(TRANSFER_GAS)?.status === 'success') return TRANSFER_GAS;
  }
  const first = attempt(high, context.caller.tracer);
  if (first === undefined) {
    throw new ChainError(
      ChainErrorCode.GasRequiredExceedsAllowance,
      `gas required exceeds allowance (${high})`,
    );
  }
  if (first.status !== 'success') throw failure(first, high);

  let low = first.gasUsed - 1n;
  const optimistic = ((first.gasUsed + first.gasRefunded + CALL_STIPEND) * 64n) / 63n;
  if (optimistic < high) {
    if (attempt(optimistic)?.status === 'success') high = optimistic;
    else low = optimistic;
  }
  while (low + 1n < high && (high - low) * 1000n >= high * TOLERANCE_PERMILLE) {
    let middle = (high + low) / 2n;
    if (middle > low * 2n) middle = low * 2n;
    if (attempt(middle)?.status === 'success') high = middle;
    else low = middle;
  }
  return high;
}

/** Undefined when the gas doesn't even pay for the message itself. */
function run(
  context: EstimateContext,
  message: CallMessage,
  tracer: Tracer | undefined,
): CallResult | undefined {
  try {
    return context.caller.run(message, context.header, context.options, tracer);
  } catch (error) {
    if (error instanceof ChainError && isTooLittleGas(error)) return undefined;
    throw error;
  }
}

function isTooLittleGas(error: ChainError): boolean {
  const cause = error.cause as { code?: unknown } | undefined;
  return (
    cause?.code === EvmErrorCode.IntrinsicGasTooLow || cause?.code === EvmErrorCode.FloorGasTooLow
  );
}
