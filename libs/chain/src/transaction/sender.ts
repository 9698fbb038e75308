import {
  type Address,
  bigIntToBytes,
  EMPTY_BYTES,
  encodeRlp,
  keccak256,
  type RlpItem,
} from '@flotilla/common';
import { recoverAddress } from '@flotilla/evm';
import { ChainError, ChainErrorCode } from '../errors.js';
import { transactionFields } from './decode.js';
import { uint } from './fields.js';
import type { SignedTransaction, Transaction } from './types.js';

/** Order of the secp256k1 group. */
const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const HALF_ORDER = CURVE_ORDER / 2n;
/** The greatest s that EIP-2 allows. */
export const HALF_ORDER_BYTES = bigIntToBytes(HALF_ORDER, 32);

/** What the sender signed: keccak-256 of the fields without the signature, prefixed with the type. */
export function signingHash(tx: SignedTransaction): Uint8Array {
  const fields = transactionFields(tx.raw).slice(0, -3);
  if (tx.type !== 0) {
    const body = encodeRlp(fields);
    const payload = new Uint8Array(body.length + 1);
    payload[0] = tx.type;
    payload.set(body, 1);
    return keccak256(payload);
  }
  const replayProtection: RlpItem[] =
    tx.chainId === undefined ? [] : [uint(tx.chainId), EMPTY_BYTES, EMPTY_BYTES];
  return keccak256(encodeRlp([...fields, ...replayProtection]));
}

/** EIP-2: r and s within the group, s in its lower half; the parity 0 or 1. */
function hasValidSignature(tx: SignedTransaction): boolean {
  return (
    (tx.yParity === 0 || tx.yParity === 1) &&
    tx.r > 0n &&
    tx.r < CURVE_ORDER &&
    tx.s > 0n &&
    tx.s <= HALF_ORDER
  );
}

function invalidSender(why: string): ChainError {
  return new ChainError(ChainErrorCode.InvalidSender, `invalid sender: ${why}`);
}

/** @throws ChainError `INVALID_CHAIN_ID` when the transaction is signed for another chain */
export function checkChainId(tx: SignedTransaction, chainId: bigint): void {
  if (tx.chainId === undefined || tx.chainId === chainId) return;
  throw new ChainError(
    ChainErrorCode.InvalidChainId,
    `invalid sender: invalid chain id for signer: have ${tx.chainId} want ${chainId}`,
  );
}

/**
 * Recovers the sender with native secp256k1, about 50 µs.
 * @throws ChainError `INVALID_SENDER`
 */
export function recoverSender(tx: SignedTransaction): Address {
  if (!hasValidSignature(tx)) throw invalidSender('invalid transaction v, r, s values');
  try {
    return recoverAddress(signingHash(tx), tx.r, tx.s, tx.yParity);
  } catch {
    throw invalidSender('invalid transaction v, r, s values');
  }
}

/**
 * Adds the sender. Runs in ingress worker threads as well: it needs nothing but the bytes.
 * @throws ChainError `INVALID_SENDER`, `INVALID_CHAIN_ID`
 */
export function withSender(tx: SignedTransaction, chainId: bigint): Transaction {
  checkChainId(tx, chainId);
  return { ...tx, from: recoverSender(tx) };
}
