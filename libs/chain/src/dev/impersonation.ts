import { type Address, bigIntToHex, bigIntToMinimalBytes, encodeRlp } from '@flotilla/common';
import { decodeTransaction } from '../transaction/decode.js';
import { encodeTransaction, type UnsignedTransaction } from '../transaction/encode.js';
import type { SignedTransaction, Transaction } from '../transaction/types.js';

/** Above half the order of secp256k1, so no signature of anybody's (EIP-2), and below 2^255, which parsers refuse. */
const NO_SIGNATURE = 2n ** 255n - 1n;

const MARK = encodeRlp(bigIntToMinimalBytes(NO_SIGNATURE));

/**
 * A transaction of an account whose key nobody has. In the place of a signature stands the sender (r) and a mark (s)
 * that no valid signature has: over JSON-RPC it is refused, and so is its block by whoever imports it.
 */
export function impersonate(transaction: UnsignedTransaction, from: Address): Transaction {
  const signature = { yParity: 0, r: BigInt(from), s: NO_SIGNATURE };
  return { ...decodeTransaction(encodeTransaction(transaction, signature)), from };
}

/** Every encoding ends with s. Asked for each transaction on its way: it looks at the bytes, and mostly at one. */
export function isImpersonated({ raw }: Pick<SignedTransaction, 'raw'>): boolean {
  const at = raw.length - MARK.length;
  return at >= 0 && raw[at + 1] === MARK[1] && MARK.every((byte, i) => raw[at + i] === byte);
}

/** Who sent it, if nobody has signed it. */
export function impersonatedSender(
  transaction: Pick<SignedTransaction, 'raw' | 'r'>,
): Address | undefined {
  return isImpersonated(transaction) ? bigIntToHex(transaction.r, 20) : undefined;
}
