import { type ChainView, encodeUnsigned } from '@flotilla/chain';
import { bytesToHex, ZERO_ADDRESS } from '@flotilla/common';
import { formatUnsigned } from '../format/transaction.js';
import type { RpcMethod } from '../method.js';
import { transactionRequest } from '../params/call-request.js';
import { method } from '../params/parser.js';
import { completeTransaction } from './complete-transaction.js';

/** Transactions made ready to be signed elsewhere. */
export function fillMethods(chain: ChainView): RpcMethod[] {
  return [
    method('eth_fillTransaction', [transactionRequest(chain.identity.chainId)], ([wanted]) => {
      const unsigned = completeTransaction(chain, wanted, wanted.from ?? ZERO_ADDRESS);
      return { raw: bytesToHex(encodeUnsigned(unsigned)), tx: formatUnsigned(unsigned) };
    }),
  ];
}
