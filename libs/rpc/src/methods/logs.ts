import type { Blockchain, BlockTag } from '@flotilla/chain';
import type { ChainFeeds } from '../feeds/chain-feeds.js';
import type { FilterRegistry } from '../feeds/filter-registry.js';
import { formatLog } from '../format/receipt.js';
import type { RpcMethod } from '../method.js';
import { type LogCriteria, logCriteria } from '../params/log-filter.js';
import { method, optional } from '../params/parser.js';
import { flag, text } from '../params/values.js';

export interface LogModules {
  readonly chain: Blockchain;
  readonly feeds: ChainFeeds;
  readonly filters: FilterRegistry;
}

export function logMethods({ chain, feeds, filters }: LogModules): RpcMethod[] {
  const number = (id: BlockTag | number | undefined) =>
    typeof id === 'string' ? chain.resolveTag(id).number : id;
  const find = (criteria: LogCriteria) =>
    chain
      .logs({
        ...criteria,
        fromBlock: number(criteria.fromBlock),
        toBlock: number(criteria.toBlock),
      })
      .map(formatLog);

  return [
    method('eth_getLogs', [logCriteria], ([criteria]) => find(criteria)),
    method('eth_newFilter', [logCriteria], ([criteria]) =>
      filters.add(feeds.logs(criteria), criteria),
    ),
    method('eth_newBlockFilter', [], () =>
      filters.add((push) => feeds.newHeads((header) => push(hashOf(header)))),
    ),
    method('eth_newPendingTransactionFilter', [optional(flag, false)], ([full]) =>
      filters.add(feeds.newPendingTransactions(full)),
    ),
    method('eth_getFilterChanges', [text], ([id]) => filters.take(id)),
    method('eth_getFilterLogs', [text], ([id]) => find(filters.criteria(id))),
    method('eth_uninstallFilter', [text], ([id]) => filters.remove(id)),
  ];
}

function hashOf(headerText: string): string {
  return JSON.stringify((JSON.parse(headerText) as { hash: string }).hash);
}
