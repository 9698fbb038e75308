import type { Blockchain } from '@flotilla/chain';
import { bytesToHex } from '@flotilla/common';
import { formatTransaction } from '../../format/transaction.js';
import type { RpcMethod } from '../../method.js';
import { transactionRequest } from '../../params/call-request.js';
import { method } from '../../params/parser.js';
import { address, flag } from '../../params/values.js';
import type { DevWallets } from './dev-wallets.js';
import { bothFamilies, named } from './named.js';
import { Outgoing } from './outgoing.js';

/** Transactions that the node signs, or takes unsigned from accounts that are impersonated. */
export function accountMethods(
  chain: Blockchain,
  wallets: DevWallets,
  admit: () => void,
): RpcMethod[] {
  const outgoing = new Outgoing({ chain, wallets });
  const request = transactionRequest(chain.identity.chainId);
  return [
    method('eth_accounts', [], () => wallets.addresses),
    ...named(['eth_sendTransaction', 'eth_sendUnsignedTransaction'], (name) =>
      method(name, [request], ([wanted]) => {
        admit();
        return chain.submitTransaction(outgoing.transaction(wanted));
      }),
    ),
    method('eth_signTransaction', [request], ([wanted]) => {
      const transaction = outgoing.signed(wanted);
      const tx = formatTransaction({ transaction, block: undefined });
      return { raw: bytesToHex(transaction.raw), tx };
    }),
    ...named(bothFamilies('impersonateAccount'), (name) =>
      method(name, [address], ([account]) => {
        wallets.impersonate(account);
        return true;
      }),
    ),
    ...named(bothFamilies('stopImpersonatingAccount'), (name) =>
      method(name, [address], ([account]) => wallets.stopImpersonating(account)),
    ),
    ...named(bothFamilies('autoImpersonateAccount'), (name) =>
      method(name, [flag], ([isOpen]) => {
        wallets.isOpen = isOpen;
        return true;
      }),
    ),
  ];
}
