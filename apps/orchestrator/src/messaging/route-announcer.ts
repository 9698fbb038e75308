import type { Clock, Logger } from '@flotilla/common';
import {
  CONTROL,
  Messages,
  type Messaging,
  type Route,
  type RoutesReply,
  type RoutesRequest,
} from '@flotilla/messaging';
import { accessOf, chainLimits, type EdgeLimits, leaseOf } from '@flotilla/orchestration';
import {
  type ChainStore,
  type OutboxStore,
  ROUTE_TOPIC,
  type StoredChain,
} from '@flotilla/persistence';

export interface RouteAnnouncerModules {
  readonly messaging: Messaging;
  readonly chains: ChainStore;
  readonly outbox: OutboxStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Profile = 'dev' | 'production';

const POLL_MS = 2_000;
const PAGE = 100;
/** Routes of sleeping chains carry a header each, of about 2 kB. */
const LIST_PAGE = 200;

/** Tells gateways where chains answer: each change through the outbox, and the whole list on request. */
export class RouteAnnouncer {
  #wake: () => void = () => {};
  #closed = false;
  /** Those who wait for a look at the outbox that begins after they asked. */
  #waiting: (() => void)[] = [];
  #running: Promise<void> = Promise.resolve();

  constructor(
    readonly options: { readonly profile: Profile },
    readonly modules: RouteAnnouncerModules,
  ) {}

  start(): void {
    this.#running = this.#relay();
  }

  /** The list by name, for a gateway that asks, so many at a time that they fit a message. */
  async list({ after }: RoutesRequest): Promise<RoutesReply> {
    const chains = await this.modules.chains.active({
      limit: LIST_PAGE,
      ...(after !== undefined && { after }),
    });
    const last = chains.length === LIST_PAGE ? chains.at(-1) : undefined;
    return {
      routes: chains.flatMap((chain) => toRoute(chain, this.options.profile) ?? []),
      ...(last && { next: last.name }),
    };
  }

  /** Resolves when everything is sent that was in the outbox at the call; while NATS is away, without. */
  sent(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#closed) resolve();
      this.#waiting.push(resolve);
      this.#wake();
    });
  }

  /** There may be a message in the outbox. */
  nudge(): void {
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#closed = true;
    this.#wake();
    await this.#running;
  }

  async #relay(): Promise<void> {
    while (!this.#closed) {
      const woken = this.#pause();
      const waiting = this.#waiting.splice(0);
      try {
        while (await this.#sendOldest());
        for (const resolve of waiting) resolve();
      } catch (error) {
        this.#waiting.unshift(...waiting);
        this.modules.logger.debug('outbox not sent', { error: String(error) });
      }
      await woken;
    }
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** True when there may be more. */
  async #sendOldest(): Promise<boolean> {
    const { messaging, outbox, chains } = this.modules;
    if (!messaging.connected) return false;
    const messages = await outbox.oldest(PAGE);
    const ids = messages.flatMap(({ topic, payload }) =>
      topic === ROUTE_TOPIC ? [String(payload.id)] : [],
    );
    const found = await Promise.all([...new Set(ids)].map((id) => chains.get(id)));
    const byId = new Map(found.flatMap((chain) => (chain ? [[chain.id, chain] as const] : [])));
    const sent: number[] = [];
    for (const { id, payload } of messages) {
      const chain = byId.get(String(payload.id));
      const route = chain && toRoute(chain, this.options.profile);
      if (route && !messaging.publish(Messages.routeChanged, CONTROL, route)) break;
      sent.push(id);
    }
    await outbox.remove(sent);
    return sent.length === PAGE;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.modules.clock.after(POLL_MS, () => resolve());
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}

/** Every instance has its own share of the machine, so that more of them may compute more. */
function shared(limits: EdgeLimits, instances: number): EdgeLimits {
  const { computeMsPerSecond, computeBurstMs } = limits;
  const times = (figure: number | null) => figure && figure * instances;
  return {
    ...limits,
    computeMsPerSecond: times(computeMsPerSecond),
    computeBurstMs: times(computeBurstMs),
  };
}

/** Undefined before the chain has an id, and for chains that run elsewhere. */
function toRoute(chain: StoredChain, profile: Profile): Route | undefined {
  const { name, chainId, spec, status, tenant } = chain;
  if (chainId === null || spec.runtime === 'external') return undefined;
  const { phase, nodeRpcUrl, nodeWsUrl, asleep, replicas } = status;
  return {
    name,
    chainId,
    phase,
    ...(nodeRpcUrl !== null && { rpcUrl: nodeRpcUrl }),
    ...(nodeWsUrl !== null && { wsUrl: nodeWsUrl }),
    epoch: leaseOf(chain).epoch,
    ...(replicas.length > 0 && { replicas: [...replicas] }),
    ...(accessOf(spec, profile) === 'keys' && { keysOf: tenant }),
    limits: shared(chainLimits(chain).edge, 1 + replicas.length),
    ...(asleep?.latestBlock && { latestBlock: asleep.latestBlock }),
    ...(asleep?.gasPrice && { gasPrice: asleep.gasPrice }),
  };
}
