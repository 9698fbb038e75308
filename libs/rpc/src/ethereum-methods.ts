import type { Blockchain } from '@flotilla/chain';
import type { Clock } from '@flotilla/common';
import { ChainFeeds } from './feeds/chain-feeds.js';
import { FILTER_DEFAULTS, FilterRegistry } from './feeds/filter-registry.js';
import type { RpcMethod } from './method.js';
import { blockMethods } from './methods/blocks.js';
import { callMethods } from './methods/calls.js';
import { feeMethods } from './methods/fees.js';
import { logMethods } from './methods/logs.js';
import { networkMethods } from './methods/network.js';
import { stateMethods } from './methods/state.js';
import { subscriptionMethods } from './methods/subscriptions.js';
import { transactionMethods } from './methods/transactions.js';
import { txpoolMethods } from './methods/txpool.js';

export interface EthereumMethodsOptions {
  /** What `web3_clientVersion` answers. */
  readonly clientVersion: string;
}

/** Every standard method of a chain: `eth_`, `net_`, `web3_`, `txpool_` and the raw reads of `debug_`. */
export function ethereumMethods(
  options: EthereumMethodsOptions,
  modules: { readonly chain: Blockchain; readonly clock: Clock },
): RpcMethod[] {
  const { chain, clock } = modules;
  const feeds = new ChainFeeds(chain);
  const filters = new FilterRegistry(FILTER_DEFAULTS, { clock });
  return [
    ...networkMethods(chain, options.clientVersion),
    ...feeMethods(chain),
    ...blockMethods(chain),
    ...transactionMethods(chain),
    ...stateMethods(chain),
    ...callMethods(chain),
    ...txpoolMethods(chain),
    ...logMethods({ chain, feeds, filters }),
    ...subscriptionMethods(feeds),
  ];
}
