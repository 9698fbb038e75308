import type { Blockchain, ChainView } from '@flotilla/chain';
import type { Clock } from '@flotilla/common';
import { ChainFeeds, type FeedEvents } from './feeds/chain-feeds.js';
import { FILTER_DEFAULTS, FilterRegistry } from './feeds/filter-registry.js';
import type { RpcMethod } from './method.js';
import { blockMethods } from './methods/blocks.js';
import { callMethods } from './methods/calls.js';
import { feeMethods } from './methods/fees.js';
import { fillMethods } from './methods/fills.js';
import { filterMethods } from './methods/filters.js';
import { logMethods } from './methods/logs.js';
import { networkMethods } from './methods/network.js';
import { proofMethods } from './methods/proofs.js';
import { simulationMethods } from './methods/simulations.js';
import { stateMethods } from './methods/state.js';
import { storageValueMethods } from './methods/storage-values.js';
import { subscriptionMethods } from './methods/subscriptions.js';
import { traceMethods } from './methods/traces.js';
import { transactionMethods } from './methods/transactions.js';
import { txpoolMethods } from './methods/txpool.js';

export interface EthereumMethodsOptions {
  /** What `web3_clientVersion` answers. */
  readonly clientVersion: string;
}

/** Reads that take some microseconds each, unless they go through a large block. On a `Blockchain` they know the pool too. */
export function lightMethods(options: EthereumMethodsOptions, chain: ChainView): RpcMethod[] {
  return [
    ...networkMethods(chain, options.clientVersion),
    ...feeMethods(chain),
    ...blockMethods(chain),
    ...transactionMethods(chain),
    ...stateMethods(chain),
  ];
}

/** Reads that execute or search: they have threads of their own. */
export function heavyMethods(chain: ChainView): RpcMethod[] {
  return [
    ...callMethods(chain),
    ...fillMethods(chain),
    ...logMethods(chain),
    ...proofMethods(chain),
    ...storageValueMethods(chain),
  ];
}

/** The light ones that a large block makes heavy. */
export function blockwiseMethods(chain: ChainView): RpcMethod[] {
  return [...feeMethods(chain), ...blockMethods(chain)].filter(({ blockGas }) => blockGas);
}

/** Reads that may take seconds: they don't stand in the way of the other ones. */
export function slowMethods(chain: ChainView): RpcMethod[] {
  return [...traceMethods(chain), ...simulationMethods(chain)];
}

/** What only the writer knows. */
export function writerMethods(chain: Blockchain): RpcMethod[] {
  return txpoolMethods(chain);
}

/** Subscriptions and filters; they live where the connections are. */
export function feedMethods(modules: {
  readonly events: FeedEvents;
  readonly clock: Clock;
  /** `eth_getLogs`, wherever it runs. */
  readonly getLogs: RpcMethod;
}): RpcMethod[] {
  const { events, clock, getLogs } = modules;
  const feeds = new ChainFeeds(events);
  const filters = new FilterRegistry(FILTER_DEFAULTS, { clock });
  return [...filterMethods({ feeds, filters, getLogs }), ...subscriptionMethods(feeds)];
}
