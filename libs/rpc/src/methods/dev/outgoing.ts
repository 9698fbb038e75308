import {
  type Blockchain,
  type CallRequest,
  decodeTransaction,
  encodeTransaction,
  impersonate,
  type Transaction,
  transactionType,
  type UnsignedTransaction,
  unsignedHash,
} from '@flotilla/chain';
import { type Address, EMPTY_BYTES } from '@flotilla/common';
import { signDigest } from '@flotilla/evm';
import { invalidParams } from '../../errors.js';
import { type DevWallets, unknownAccount } from './dev-wallets.js';

/** Makes transactions of requests that name only their sender and what they want. */
export class Outgoing {
  constructor(
    private readonly modules: { readonly chain: Blockchain; readonly wallets: DevWallets },
  ) {}

  /** @throws RpcError `UNKNOWN_ACCOUNT`; ChainError as `estimateGas` when there is no gas limit */
  transaction(request: CallRequest): Transaction {
    const { wallets } = this.modules;
    const from = sender(request);
    if (wallets.find(from) !== undefined) return this.signed(request);
    if (!wallets.isImpersonated(from)) throw unknownAccount(from);
    return impersonate(this.#complete(request, from), from);
  }

  /** @throws RpcError `UNKNOWN_ACCOUNT`; ChainError as `estimateGas` when there is no gas limit */
  signed(request: CallRequest): Transaction {
    const from = sender(request);
    const key = this.modules.wallets.key(from);
    const unsigned = this.#complete(request, from);
    const raw = encodeTransaction(unsigned, signDigest(unsignedHash(unsigned), key));
    return { ...decodeTransaction(raw), from };
  }

  #complete(request: CallRequest, from: Address): UnsignedTransaction {
    const { chain } = this.modules;
    return {
      type: transactionType(request),
      chainId: BigInt(chain.identity.chainId),
      nonce: request.nonce ?? chain.nonce(from, 'pending'),
      ...this.#fees(request),
      gasLimit: request.gas ?? chain.estimateGas(request, 'latest'),
      to: request.to,
      value: request.value ?? 0n,
      data: request.data ?? EMPTY_BYTES,
      accessList: request.accessList ?? [],
      authorizationList: request.authorizationList ?? [],
    };
  }

  /** Twice the next base fee, as wallets have it: enough for some full blocks in a row. */
  #fees({ gasPrice, maxFeePerGas, maxPriorityFeePerGas }: CallRequest) {
    if (gasPrice !== undefined) return { maxFeePerGas: gasPrice, maxPriorityFeePerGas: gasPrice };
    const { chain } = this.modules;
    const tip = maxPriorityFeePerGas ?? chain.maxPriorityFeePerGas();
    const cap = maxFeePerGas ?? 2n * chain.nextBaseFee() + tip;
    return { maxFeePerGas: cap, maxPriorityFeePerGas: tip < cap ? tip : cap };
  }
}

function sender({ from }: CallRequest): Address {
  if (from === undefined) throw invalidParams('missing field from');
  return from;
}
