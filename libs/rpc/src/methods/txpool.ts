import type { Blockchain, Transaction } from '@flotilla/chain';
import type { Address } from '@flotilla/common';
import { quantity } from '../format/quantity.js';
import { formatTransaction } from '../format/transaction.js';
import type { RpcMethod } from '../method.js';
import { method } from '../params/parser.js';
import { address } from '../params/values.js';

type BySender = ReadonlyMap<Address, readonly Transaction[]>;

function byNonce(transactions: readonly Transaction[] = []): Record<string, unknown> {
  return Object.fromEntries(
    transactions.map((transaction) => [
      String(transaction.nonce),
      formatTransaction({ transaction, block: undefined }),
    ]),
  );
}

function byAddress(senders: BySender): Record<string, unknown> {
  return Object.fromEntries([...senders].map(([sender, list]) => [sender, byNonce(list)]));
}

export function txpoolMethods(chain: Blockchain): RpcMethod[] {
  return [
    method('txpool_status', [], () => {
      const { pending, queued } = chain.poolStatus();
      return { pending: quantity(pending), queued: quantity(queued) };
    }),
    method('txpool_content', [], () => {
      const { pending, queued } = chain.poolContent();
      return { pending: byAddress(pending), queued: byAddress(queued) };
    }),
    method('txpool_contentFrom', [address], ([sender]) => {
      const { pending, queued } = chain.poolContent();
      return { pending: byNonce(pending.get(sender)), queued: byNonce(queued.get(sender)) };
    }),
  ];
}
