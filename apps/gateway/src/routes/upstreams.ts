import type { Clock } from '@flotilla/common';
import type { Route } from '@flotilla/messaging';
import { GatewayError, GatewayErrorCode, unavailable, unknownChain } from '../errors.js';
import type { Waker } from '../sleep/waker.js';
import type { Caller } from './caller.js';
import type { RouteTable } from './route-table.js';

/** Phases in which the chain's first process of this life is on its way. */
const STARTING = new Set(['Sleeping', 'Requested', 'Provisioning']);
/** Phases in which a request waits for the chain and is not refused. */
const ARRIVING = new Set([...STARTING, 'Running']);

export interface Upstream {
  readonly rpcUrl: string;
  readonly wsUrl: string;
  /** Followers that share the reads. */
  readonly replicas?: readonly { readonly rpcUrl: string }[];
}

export interface UpstreamsOptions {
  /** How long a request waits for a chain that restarts, in milliseconds. */
  readonly holdMs: number;
  /** … for one that is created or woken: others may be started before it. */
  readonly startMs: number;
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
    const { holdMs, startMs } = this.options;
    const { chain } = caller;
    const askedAt = clock.now();
    let deadline = askedAt + holdMs;
    for (;;) {
      const route = routes.get(chain) ?? (await routes.lookUp(chain));
      if (route && STARTING.has(route.phase)) deadline = askedAt + startMs;
      if (route?.phase === 'Sleeping') await waker.wake(caller, cancelled);
      else {
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
