import { ChainError, ChainErrorCode } from '../errors.js';
import { checkSize } from '../txpool/validation.js';
import { decodeTransaction } from './decode.js';
import { withSender } from './sender.js';
import type { Transaction } from './types.js';

/**
 * From the bytes that somebody sent to a transaction with its sender: all that can be checked without the chain.
 * Needs nothing else, so it runs in any thread.
 * @throws ChainError with geth's wording
 */
export function receiveTransaction(raw: Uint8Array, chainId: bigint): Transaction {
  checkSize(raw.length);
  if (raw[0] === 3) {
    // Before decoding: with its blobs it comes in another form than the one that is decoded here.
    throw new ChainError(
      ChainErrorCode.TransactionTypeNotSupported,
      'transaction type not supported',
    );
  }
  return withSender(decodeTransaction(raw), chainId);
}
