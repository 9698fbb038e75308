import { RpcError, RpcErrorCode } from '../errors.js';
import type { ChainFeeds } from '../feeds/chain-feeds.js';
import type { RpcContext, RpcMethod } from '../method.js';
import { logCriteria } from '../params/log-filter.js';
import { method, optional, parseArguments } from '../params/parser.js';
import { flag, text } from '../params/values.js';
import type { Feed, RpcSession } from '../session.js';

const anything = optional((value: unknown) => value);

/** `eth_subscribe`; over plain HTTP there is nobody to notify. */
export function subscriptionMethods(feeds: ChainFeeds): RpcMethod[] {
  const feedOf = (name: string, params: readonly unknown[]): Feed => {
    switch (name) {
      case 'newHeads':
        return feeds.newHeads;
      case 'logs':
        return feeds.logs(parseArguments([text, optional(logCriteria, {})], params)[1]);
      case 'newPendingTransactions':
        return feeds.newPendingTransactions(
          parseArguments([text, optional(flag, false)], params)[1],
        );
      case 'syncing':
        // This node is never behind itself: the subscription is legal and silent.
        return () => () => {};
      default:
        throw new RpcError(
          RpcErrorCode.SubscriptionNotFound,
          `no "${name.slice(0, 100)}" subscription in eth namespace`,
        );
    }
  };

  return [
    method('eth_subscribe', [text, anything], ([name, argument], context) =>
      sessionOf(context).subscribe(feedOf(name, [name, argument]), [name, argument]),
    ),
    method('eth_unsubscribe', [text], ([id], context) => {
      if (sessionOf(context).unsubscribe(id)) return true;
      throw new RpcError(RpcErrorCode.FilterNotFound, 'subscription not found');
    }),
  ];
}

function sessionOf({ session }: RpcContext): RpcSession {
  if (session !== undefined) return session;
  throw new RpcError(RpcErrorCode.SubscriptionsUnsupported, 'notifications not supported');
}
