import type { BlockTag, ChainView } from '@flotilla/chain';
import { formatLog } from '../format/receipt.js';
import type { RpcMethod } from '../method.js';
import { logCriteria } from '../params/log-filter.js';
import { method } from '../params/parser.js';

export function logMethods(chain: ChainView): RpcMethod[] {
  const number = (id: BlockTag | number | undefined) =>
    typeof id === 'string' ? chain.resolveTag(id).number : id;

  return [
    method('eth_getLogs', [logCriteria], ([criteria]) =>
      chain
        .logs({
          ...criteria,
          fromBlock: number(criteria.fromBlock),
          toBlock: number(criteria.toBlock),
        })
        .map(formatLog),
    ),
  ];
}
