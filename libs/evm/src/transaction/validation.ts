import { EvmError, EvmErrorCode } from '../errors.js';
import { Limit } from '../gas.js';
import { EMPTY_CODE_HASH } from '../hashes.js';
import { isActive } from '../opcodes.js';
import { isDelegation } from '../program.js';
import type { EvmState } from '../state.js';
import type { BlockEnv, EvmTransaction, Hardfork } from '../types.js';
import { maximumCost } from './fees.js';
import { type IntrinsicGas, intrinsicGas } from './intrinsic-gas.js';

const BLOB_HASH_VERSION = '0x01';
/** Per block until Osaka; there, EIP-7594 allows 6 per transaction. */
const MAX_BLOBS: Record<Hardfork, number> = { cancun: 6, prague: 9, osaka: 6 };

function reject(code: EvmErrorCode, message: string, data?: unknown): never {
  throw new EvmError(code, message, { data });
}

/** The rules that need the transaction and the block only. Returns the gas that is due in any case. */
export function validateStatically(
  tx: EvmTransaction,
  block: BlockEnv,
  hardfork: Hardfork,
): IntrinsicGas {
  if (tx.gasLimit > block.gasLimit) {
    reject(EvmErrorCode.BlockGasLimitExceeded, 'exceeds block gas limit');
  }
  if (isActive('osaka', hardfork) && tx.gasLimit > BigInt(Limit.transactionGas)) {
    reject(EvmErrorCode.TransactionGasLimitExceeded, 'transaction gas limit too high');
  }
  if (tx.nonce >= Limit.maxNonce) reject(EvmErrorCode.NonceOverflow, 'nonce has max value');
  validateFees(tx, block);
  if (tx.type === 3) validateBlobs(tx, block, hardfork);
  if (tx.type === 4) validateSetCode(tx, hardfork);
  validateSize(tx);
  return validateGas(tx, hardfork);
}

/** EIP-3860. */
export function validateSize(tx: Pick<EvmTransaction, 'to' | 'data'>): void {
  if (tx.to === undefined && tx.data.length > Limit.initCode) {
    reject(
      EvmErrorCode.InitCodeTooLarge,
      `max initcode size exceeded: code size ${tx.data.length}, limit ${Limit.initCode}`,
    );
  }
}

export function validateGas(
  tx: Pick<EvmTransaction, 'to' | 'data' | 'accessList' | 'authorizationList' | 'gasLimit'>,
  hardfork: Hardfork,
): IntrinsicGas {
  const due = intrinsicGas(tx, hardfork);
  const { gasLimit } = tx;
  if (gasLimit < due.intrinsic) {
    reject(
      EvmErrorCode.IntrinsicGasTooLow,
      `intrinsic gas too low: have ${gasLimit}, want ${due.intrinsic}`,
    );
  }
  if (gasLimit < due.floor) {
    reject(
      EvmErrorCode.FloorGasTooLow,
      `insufficient gas for floor data gas cost: have ${gasLimit}, want ${due.floor}`,
    );
  }
  return due;
}

function validateFees(tx: EvmTransaction, block: BlockEnv): void {
  if (tx.maxPriorityFeePerGas > tx.maxFeePerGas) {
    reject(
      EvmErrorCode.TipAboveFeeCap,
      `max priority fee per gas higher than max fee per gas: ${tx.maxPriorityFeePerGas} > ${tx.maxFeePerGas}`,
    );
  }
  if (tx.maxFeePerGas < block.baseFee) {
    reject(
      EvmErrorCode.FeeCapTooLow,
      `max fee per gas less than block base fee: maxFeePerGas: ${tx.maxFeePerGas}, baseFee: ${block.baseFee}`,
    );
  }
}

/** EIP-4844. */
function validateBlobs(tx: EvmTransaction, block: BlockEnv, hardfork: Hardfork): void {
  const hashes = tx.blobVersionedHashes ?? [];
  if (tx.to === undefined) {
    reject(EvmErrorCode.CreateNotAllowed, 'input string too short for blob transaction: no `to`');
  }
  if (hashes.length === 0)
    reject(EvmErrorCode.MissingBlobs, 'blob transaction missing blob hashes');
  if (hashes.length > MAX_BLOBS[hardfork]) {
    reject(
      EvmErrorCode.TooManyBlobs,
      `blob transaction has too many blobs (${hashes.length}), maximum ${MAX_BLOBS[hardfork]}`,
    );
  }
  if (hashes.some((hash) => !hash.startsWith(BLOB_HASH_VERSION))) {
    reject(EvmErrorCode.InvalidBlobHash, 'blob has an invalid hash version');
  }
  if ((tx.maxFeePerBlobGas ?? 0n) < block.blobBaseFee) {
    reject(EvmErrorCode.BlobFeeCapTooLow, 'max fee per blob gas less than block blob gas fee');
  }
}

/** EIP-7702. */
function validateSetCode(tx: EvmTransaction, hardfork: Hardfork): void {
  if (!isActive('prague', hardfork)) {
    reject(EvmErrorCode.UnsupportedTransactionType, 'transaction type not supported');
  }
  if (tx.to === undefined) {
    reject(EvmErrorCode.CreateNotAllowed, 'set code transaction must have a `to`');
  }
  if ((tx.authorizationList ?? []).length === 0) {
    reject(EvmErrorCode.MissingAuthorizations, 'set code transaction without authorizations');
  }
}

/** The rules that need the sender's account. Without a hardfork it may be a contract. */
export function validateSender(
  tx: EvmTransaction,
  state: EvmState,
  hardfork: Hardfork | undefined,
): void {
  const nonce = state.getNonce(tx.from);
  if (tx.nonce < nonce) {
    reject(EvmErrorCode.NonceTooLow, `nonce too low: next nonce ${nonce}, tx nonce ${tx.nonce}`);
  }
  if (tx.nonce > nonce) {
    reject(EvmErrorCode.NonceTooHigh, `nonce too high: next nonce ${nonce}, tx nonce ${tx.nonce}`);
  }
  if (hardfork !== undefined && !maySend(tx, state, hardfork)) {
    reject(EvmErrorCode.SenderNotEoa, `sender not an eoa: address ${tx.from}`);
  }
  const balance = state.getBalance(tx.from);
  const cost = maximumCost(tx);
  if (balance < cost) {
    reject(
      EvmErrorCode.InsufficientFunds,
      `insufficient funds for gas * price + value: address ${tx.from} have ${balance} want ${cost}`,
      { balance, cost },
    );
  }
}

/** EIP-3607: accounts with code don't send, unless the code is a delegation (EIP-7702). */
function maySend(tx: EvmTransaction, state: EvmState, hardfork: Hardfork): boolean {
  if (state.getCodeHash(tx.from) === EMPTY_CODE_HASH) return true;
  return isActive('prague', hardfork) && isDelegation(state.getCode(tx.from));
}
