import {
  type CallRequest,
  type ChainView,
  transactionType,
  type UnsignedTransaction,
} from '@flotilla/chain';
import { type Address, EMPTY_BYTES } from '@flotilla/common';

/**
 * Fills in what a request leaves open. The nonce is that of the pool where the chain has one.
 * @throws ChainError as `estimateGas` when there is no gas limit
 */
export function completeTransaction(
  chain: ChainView,
  request: CallRequest,
  from: Address,
): UnsignedTransaction {
  return {
    type: transactionType(request),
    chainId: BigInt(chain.identity.chainId),
    nonce: request.nonce ?? chain.nonce(from, 'pending'),
    ...fees(chain, request),
    gasLimit: request.gas ?? chain.estimateGas(request, 'latest'),
    to: request.to,
    value: request.value ?? 0n,
    data: request.data ?? EMPTY_BYTES,
    accessList: request.accessList ?? [],
    authorizationList: request.authorizationList ?? [],
  };
}

/** Twice the next base fee, as wallets have it: enough for some full blocks in a row. */
function fees(chain: ChainView, { gasPrice, maxFeePerGas, maxPriorityFeePerGas }: CallRequest) {
  if (gasPrice !== undefined) return { maxFeePerGas: gasPrice, maxPriorityFeePerGas: gasPrice };
  const tip = maxPriorityFeePerGas ?? chain.maxPriorityFeePerGas();
  const cap = maxFeePerGas ?? 2n * chain.nextBaseFee() + tip;
  return { maxFeePerGas: cap, maxPriorityFeePerGas: tip < cap ? tip : cap };
}
