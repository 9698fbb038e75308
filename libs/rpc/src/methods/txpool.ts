import type { Blockchain, Transaction } from '@flotilla/chain';
import type { Address } from '@flotilla/common';
import { quantity } from '../format/quantity.js';
import { formatTransaction } from '../format/transaction.js';
import type { RpcMethod } from '../method.js';
import { method } from '../params/parser.js';
import { address } from '../params/values.js';

type BySender = ReadonlyMap<Address, readonly Transaction[]>;

type Format = (transaction: Transaction) => unknown;

const inFull: Format = (transaction) => formatTransaction({ transaction, block: undefined });

/** As geth sums up a transaction for people; the price is the cap where there is one. */
const inWords: Format = ({ to, value, gasLimit, maxFeePerGas }) =>
  `${to ?? 'contract creation'}: ${value} wei + ${gasLimit} gas × ${maxFeePerGas} wei`;

function byNonce(
  transactions: readonly Transaction[] | undefined,
  format: Format,
): Record<string, unknown> {
  return Object.fromEntries(
    (transactions ?? []).map((transaction) => [String(transaction.nonce), format(transaction)]),
  );
}

function byAddress(senders: BySender, format: Format): Record<string, unknown> {
  return Object.fromEntries([...senders].map(([sender, list]) => [sender, byNonce(list, format)]));
}

export function txpoolMethods(chain: Blockchain): RpcMethod[] {
  return [
    method('txpool_status', [], () => {
      const { pending, queued } = chain.poolStatus();
      return { pending: quantity(pending), queued: quantity(queued) };
    }),
    method('txpool_content', [], () => {
      const { pending, queued } = chain.poolContent();
      return { pending: byAddress(pending, inFull), queued: byAddress(queued, inFull) };
    }),
    method('txpool_inspect', [], () => {
      const { pending, queued } = chain.poolContent();
      return { pending: byAddress(pending, inWords), queued: byAddress(queued, inWords) };
    }),
    method('txpool_contentFrom', [address], ([sender]) => {
      const { pending, queued } = chain.poolContent();
      return {
        pending: byNonce(pending.get(sender), inFull),
        queued: byNonce(queued.get(sender), inFull),
      };
    }),
  ];
}
