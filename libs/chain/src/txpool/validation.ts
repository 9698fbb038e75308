import type { Hardfork } from '@flotilla/evm';
import { intrinsicGas, isDelegation } from '@flotilla/evm';
import { isImpersonated } from '../dev/impersonation.js';
import { ChainError, ChainErrorCode } from '../errors.js';
import type { AllowRules } from '../settings/allow-rules.js';
import type { Transaction } from '../transaction/types.js';
import { unsupportedType } from '../transaction/unsupported-type.js';
import type { PoolAccount } from './pool-state.js';

/** Largest encoding of one transaction, as in geth. */
export const MAX_TRANSACTION_BYTES = 131_072;
/** EIP-3860. */
const MAX_INIT_CODE_BYTES = 49_152;
/** EIP-7825, from Osaka on. */
const MAX_TRANSACTION_GAS = 16_777_216n;
/** EIP-2681. */
const MAX_NONCE = 2n ** 64n - 1n;

export interface ValidationRules {
  readonly hardfork: Hardfork;
  readonly chainId: bigint;
  /** Gas of one block. */
  readonly gasLimit: bigint;
  /** Wei per gas below which a transaction can never be mined. */
  readonly lowestFeeCap: bigint;
  /** Whether legacy transactions without a chain id may come in. */
  readonly allowUnprotected: boolean;
  /** Undefined: everybody may send and deploy. */
  readonly allow: AllowRules | undefined;
}

const refuse = (code: ChainErrorCode, message: string) => new ChainError(code, message);

/** @throws ChainError `OVERSIZED_DATA`; asked before anything is decoded */
export function checkSize(bytes: number): void {
  if (bytes <= MAX_TRANSACTION_BYTES) return;
  throw refuse(
    ChainErrorCode.OversizedData,
    `oversized data: transaction size ${bytes}, limit ${MAX_TRANSACTION_BYTES}`,
  );
}

function checkType(tx: Transaction, rules: ValidationRules): void {
  if (tx.type === 3 || (tx.type === 4 && rules.hardfork === 'cancun')) {
    throw unsupportedType(tx.type);
  }
  if (!rules.allowUnprotected && tx.chainId === undefined) {
    throw refuse(
      ChainErrorCode.UnprotectedTransaction,
      'only replay-protected (EIP-155) transactions allowed over RPC',
    );
  }
  if (tx.type === 4 && tx.authorizationList.length === 0) {
    throw refuse(
      ChainErrorCode.EmptyAuthorizationList,
      'set code tx must have at least one authorization tuple',
    );
  }
}

function checkGas(tx: Transaction, rules: ValidationRules): void {
  if (tx.to === undefined && tx.data.length > MAX_INIT_CODE_BYTES) {
    throw refuse(
      ChainErrorCode.InitCodeTooLarge,
      `max initcode size exceeded: code size ${tx.data.length}, limit ${MAX_INIT_CODE_BYTES}`,
    );
  }
  if (rules.hardfork === 'osaka' && tx.gasLimit > MAX_TRANSACTION_GAS) {
    throw refuse(
      ChainErrorCode.GasLimitTooHigh,
      `transaction gas limit too high (cap: ${MAX_TRANSACTION_GAS}, tx: ${tx.gasLimit})`,
    );
  }
  const refusal = disallowed(tx, rules);
  if (refusal !== undefined) throw refusal;
}

function checkIntrinsicGas(tx: Transaction, rules: ValidationRules): void {
  const { intrinsic, floor } = intrinsicGas(tx, rules.hardfork);
  if (tx.gasLimit < intrinsic) {
    throw refuse(
      ChainErrorCode.IntrinsicGasTooLow,
      `intrinsic gas too low: gas ${tx.gasLimit}, minimum needed ${intrinsic}`,
    );
  }
  if (tx.gasLimit < floor) {
    throw refuse(
      ChainErrorCode.FloorDataGasTooLow,
      `insufficient gas for floor data gas cost: gas ${tx.gasLimit}, minimum needed ${floor}`,
    );
  }
}

/** What a change of the settings can make of a pooled transaction: one that no block may hold any more. */
export function disallowed(tx: Transaction, rules: ValidationRules): ChainError | undefined {
  if (tx.gasLimit > rules.gasLimit) {
    return refuse(ChainErrorCode.ExceedsBlockGasLimit, 'exceeds block gas limit');
  }
  return rules.allow?.refusal(tx);
}

function checkFees(tx: Transaction, rules: ValidationRules): void {
  if (tx.maxPriorityFeePerGas > tx.maxFeePerGas) {
    throw refuse(
      ChainErrorCode.TipAboveFeeCap,
      'max priority fee per gas higher than max fee per gas',
    );
  }
  if (tx.maxFeePerGas < rules.lowestFeeCap) {
    throw refuse(
      ChainErrorCode.Underpriced,
      `transaction underpriced: gas fee cap ${tx.maxFeePerGas}, minimum needed ${rules.lowestFeeCap}`,
    );
  }
}

/**
 * What can be said without the state, in geth's order and wording. The chain id and the signature are checked
 * where the sender is recovered.
 * @throws ChainError
 */
export function validateStateless(tx: Transaction, rules: ValidationRules): void {
  checkType(tx, rules);
  checkSize(tx.raw.length);
  checkGas(tx, rules);
  checkFees(tx, rules);
  if (tx.nonce >= MAX_NONCE) throw refuse(ChainErrorCode.NonceMax, 'nonce has max value');
  checkIntrinsicGas(tx, rules);
}

/** Most that the transaction can take from its sender, in wei. */
export function transactionCost(tx: Transaction): bigint {
  return tx.gasLimit * tx.maxFeePerGas + tx.value;
}

/** What the pool holds of the sender already, and what the transaction adds. All in wei. */
export interface Expenditure {
  /** Most that the transaction can cost. */
  readonly cost: bigint;
  /** Of all the sender's pooled transactions. */
  readonly pooled: bigint;
  /** Of the one that this would replace. */
  readonly replaced: bigint | undefined;
}

/**
 * Nonce and sender's code against the newest state.
 * @throws ChainError `NONCE_TOO_LOW`, `SENDER_NOT_EOA`
 */
export function validateSender(tx: Transaction, sender: PoolAccount): void {
  if (tx.nonce < sender.nonce) {
    throw refuse(
      ChainErrorCode.NonceTooLow,
      `nonce too low: next nonce ${sender.nonce}, tx nonce ${tx.nonce}`,
    );
  }
  if (sender.code.length > 0 && !isDelegation(sender.code) && !isImpersonated(tx)) {
    throw refuse(
      ChainErrorCode.SenderNotEoa,
      `sender not an eoa: address ${tx.from}, len(code): ${sender.code.length}`,
    );
  }
}

/** @throws ChainError `INSUFFICIENT_FUNDS` unless the balance suffices for everything pooled together */
export function validateFunds(balance: bigint, { cost, pooled, replaced }: Expenditure): void {
  const due = pooled + cost - (replaced ?? 0n);
  // What is replaced is part of what is pooled: whoever can pay for all can pay for this one.
  if (balance >= due) return;
  const insufficient = (details: string) =>
    refuse(
      ChainErrorCode.InsufficientFunds,
      `insufficient funds for gas * price + value: balance ${balance}, ${details}`,
    );
  if (balance < cost) throw insufficient(`tx cost ${cost}, overshot ${cost - balance}`);
  const overshot = due - balance;
  if (replaced === undefined) {
    throw insufficient(`queued cost ${pooled}, tx cost ${cost}, overshot ${overshot}`);
  }
  const bump = cost - replaced;
  throw insufficient(`queued cost ${pooled}, tx bumped ${bump}, overshot ${overshot}`);
}
