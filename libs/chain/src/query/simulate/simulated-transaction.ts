import { type Address, EMPTY_BYTES, ZERO_ADDRESS } from '@flotilla/common';
import { decodeTransaction } from '../../transaction/decode.js';
import { encodeTransaction } from '../../transaction/encode.js';
import type { Transaction } from '../../transaction/types.js';
import { transactionType } from '../transaction-type.js';
import type { CallRequest } from '../types.js';

const NO_SIGNATURE = { yParity: 0, r: 0n, s: 0n };

export interface TransactionDefaults {
  readonly chainId: bigint;
  readonly nonce: bigint;
  readonly gasLimit: bigint;
}

export const senderOf = (request: CallRequest): Address => request.from ?? ZERO_ADDRESS;

/** The request as a transaction with a signature of zeros: geth's way of giving it a hash. */
export function simulatedTransaction(
  request: CallRequest,
  defaults: TransactionDefaults,
): Transaction {
  const { gasPrice, maxFeePerGas, maxPriorityFeePerGas } = request;
  const raw = encodeTransaction(
    {
      type: transactionType(request),
      chainId: defaults.chainId,
      nonce: request.nonce ?? defaults.nonce,
      gasLimit: defaults.gasLimit,
      maxFeePerGas: gasPrice ?? maxFeePerGas ?? 0n,
      maxPriorityFeePerGas: gasPrice ?? maxPriorityFeePerGas ?? 0n,
      to: request.to,
      value: request.value ?? 0n,
      data: request.data ?? EMPTY_BYTES,
      accessList: request.accessList ?? [],
      authorizationList: request.authorizationList ?? [],
    },
    NO_SIGNATURE,
  );
  return { ...decodeTransaction(raw), from: senderOf(request) };
}
