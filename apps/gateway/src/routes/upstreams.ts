import type { Clock } from '@flotilla/common';
import type { Route } from '@flotilla/messaging';
import { GatewayError, GatewayErrorCode, unavailable, unknownChain } from '../errors.js';
import type { Waker } from '../sleep/waker.js';
import type { Caller } from './caller.js';
import type { RouteTable } from './route-table.js';

/** Phases in which the chain is on its way: a request waits for it and is not refused. */
const ARRIVING = new Set(['Requested', 'Provisioning', 'Running']);

export interface Upstream {
  readonly rpcUrl: string;
  readonly wsUrl: string;
  /** Followers that share the reads. */
  readonly replicas?: readonly { readonly rpcUrl: string }[];
}

export interface UpstreamsOptions {
  /** How long a request waits for a chain that is starting, in milliseconds. */
  readonly holdMs: number;
}

/** The way to a chain: at once while it serves; after it has come when it is starting; by waking it when it sleeps. */
export class Upstreams {
  constructor(
    private readonly options: UpstreamsOptions,
    private readonly modules: {
      readonly routes: RouteTable;
      readonly waker: Waker;
      readonly clock: Clock;
    },
  ) {}

  /**
   * @throws GatewayError `UNKNOWN_CHAIN`, `CHAIN_PAUSED`, `WAKE_BUDGET`, `LIMIT_EXCEEDED` (too many are held),
   * `CHAIN_UNAVAILABLE` (retryable)
   */
  async of(caller: Caller, cancelled: AbortSignal): Promise<Upstream> {
    const { routes, waker, clock } = this.modules;
    const { chain } = caller;
    let deadline = clock.now() + this.options.holdMs;
    for (;;) {
      const route = routes.get(chain) ?? (await routes.lookUp(chain));
      if (route?.phase === 'Sleeping') {
        await waker.wake(caller, cancelled);
        deadline = clock.now() + this.options.holdMs;
      } else {
        const upstream = reachable(chain, route);
        if (upstream !== undefined) return upstream;
        await routes.changed(chain, deadline - clock.now(), cancelled);
      }
      if (cancelled.aborted || clock.now() >= deadline) throw unavailable(chain);
    }
  }
}

function reachable(chain: string, route: Route | undefined): Upstream | undefined {
  if (route === undefined) throw unknownChain(chain);
  if (route.phase === 'Paused') {
    throw new GatewayError(GatewayErrorCode.ChainPaused, `chain ${chain} is paused`);
  }
  if (!ARRIVING.has(route.phase)) throw unavailable(chain);
  if (route.rpcUrl === undefined || route.wsUrl === undefined) return undefined;
  const { rpcUrl, wsUrl, replicas } = route;
  return { rpcUrl, wsUrl, ...(replicas && { replicas }) };
}
