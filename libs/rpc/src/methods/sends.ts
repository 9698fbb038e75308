import type { Blockchain } from '@flotilla/chain';
import type { RpcMethod } from '../method.js';
import { method } from '../params/parser.js';
import { data } from '../params/values.js';

export function sendMethods(chain: Pick<Blockchain, 'submitTransaction'>): RpcMethod[] {
  return [
    method('eth_sendRawTransaction', [data], ([bytes]) => chain.submitTransaction(bytes), {
      concurrent: true,
    }),
  ];
}
