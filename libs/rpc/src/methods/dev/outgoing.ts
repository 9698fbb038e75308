import {
  type Blockchain,
  type CallRequest,
  decodeTransaction,
  encodeTransaction,
  impersonate,
  type Transaction,
  unsignedHash,
} from '@flotilla/chain';
import type { Address } from '@flotilla/common';
import { signDigest } from '@flotilla/evm';
import { invalidParams } from '../../errors.js';
import { completeTransaction } from '../complete-transaction.js';
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
    return impersonate(completeTransaction(this.modules.chain, request, from), from);
  }

  /** @throws RpcError `UNKNOWN_ACCOUNT`; ChainError as `estimateGas` when there is no gas limit */
  signed(request: CallRequest): Transaction {
    const from = sender(request);
    const key = this.modules.wallets.key(from);
    const unsigned = completeTransaction(this.modules.chain, request, from);
    const raw = encodeTransaction(unsigned, signDigest(unsignedHash(unsigned), key));
    return { ...decodeTransaction(raw), from };
  }
}

function sender({ from }: CallRequest): Address {
  if (from === undefined) throw invalidParams('missing field from');
  return from;
}
