import type { ChainFeeds } from '../feeds/chain-feeds.js';
import type { FilterRegistry } from '../feeds/filter-registry.js';
import type { RpcMethod } from '../method.js';
import { logCriteria } from '../params/log-filter.js';
import { method, optional, type Parser } from '../params/parser.js';
import { flag, text } from '../params/values.js';

export interface FilterModules {
  readonly feeds: ChainFeeds;
  readonly filters: FilterRegistry;
  /** `eth_getLogs`, wherever it runs. */
  readonly getLogs: RpcMethod;
}

const checked =
  <T>(parse: Parser<T>): Parser<{ readonly raw: unknown; readonly parsed: T }> =>
  (value) => ({ raw: value, parsed: parse(value) });

/** Filters that clients poll. */
export function filterMethods({ feeds, filters, getLogs }: FilterModules): RpcMethod[] {
  return [
    method('eth_newFilter', [checked(logCriteria)], ([{ raw, parsed }]) =>
      filters.add(feeds.logs(parsed), raw),
    ),
    method('eth_newBlockFilter', [], () =>
      filters.add((push) => feeds.newHeads((header) => push(hashOf(header)))),
    ),
    method('eth_newPendingTransactionFilter', [optional(flag, false)], ([full]) =>
      filters.add(feeds.newPendingTransactions(full)),
    ),
    method('eth_getFilterChanges', [text], ([id]) => filters.take(id)),
    method('eth_getFilterLogs', [text], ([id], context) =>
      getLogs.handle([filters.criteria(id)], context),
    ),
    method('eth_uninstallFilter', [text], ([id]) => filters.remove(id)),
  ];
}

function hashOf(headerText: string): string {
  return JSON.stringify((JSON.parse(headerText) as { hash: string }).hash);
}
