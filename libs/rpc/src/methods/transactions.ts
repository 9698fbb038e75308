import type { ChainView, TransactionLookup } from '@flotilla/chain';
import { bytesToHex } from '@flotilla/common';
import { formatReceipt } from '../format/receipt.js';
import { formatTransaction } from '../format/transaction.js';
import type { RpcMethod } from '../method.js';
import { method } from '../params/parser.js';
import { blockNumber, hash, index } from '../params/values.js';

export function transactionMethods(chain: ChainView): RpcMethod[] {
  const formatted = (lookup: TransactionLookup | undefined) =>
    lookup === undefined ? null : formatTransaction(lookup);
  const raw = (lookup: TransactionLookup | undefined) =>
    lookup === undefined ? null : bytesToHex(lookup.transaction.raw);

  return [
    method('eth_getTransactionByHash', [hash], ([id]) => formatted(chain.transactionByHash(id))),
    method('eth_getTransactionReceipt', [hash], ([id]) => {
      const receipt = chain.receiptByHash(id);
      return receipt === undefined ? null : formatReceipt(receipt);
    }),
    method('eth_getTransactionByBlockNumberAndIndex', [blockNumber, index], ([id, at]) =>
      formatted(chain.transactionByIndex(id, at)),
    ),
    method('eth_getTransactionByBlockHashAndIndex', [hash, index], ([id, at]) =>
      formatted(chain.transactionByIndex({ hash: id }, at)),
    ),
    method('eth_getRawTransactionByHash', [hash], ([id]) => raw(chain.transactionByHash(id))),
    method('debug_getRawTransaction', [hash], ([id]) => raw(chain.transactionByHash(id))),
  ];
}
