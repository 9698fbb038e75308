import { type Clock, type Logger, sleep } from '@flotilla/common';
import {
  ANY_CHAIN,
  CONTROL,
  Messages,
  type Messaging,
  Requests,
  type Route,
} from '@flotilla/messaging';
import type { ListCache } from '../cache/list-cache.js';
import type { RouteTable } from './route-table.js';

export interface RouteFeedModules {
  /** Of this process, by which the control plane tells gateways apart. */
  readonly gateway: string;
  readonly messaging: Pick<Messaging, 'request' | 'subscribe'>;
  readonly table: RouteTable;
  readonly cache: ListCache<Route>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** While the control plane is silent. */
const RETRY_MS = 1_000;
/** A change whose message was lost is found at the latest after this. */
const REFRESH_MS = 30_000;
/** Requests for unknown chains ask the control plane no more often than this, however many they are. */
const MISS_MS = 200;

/** Keeps the route table current from NATS: the whole list, at each connection and now and then; changes; heartbeats. */
export class RouteFeed {
  #cancelNext: () => void = () => {};
  #complained = false;
  #stopped = false;
  /** Changes that arrived while a list was under way, which may be older than they are; one for each list. */
  readonly #changes = new Set<Route[]>();
  #asking: Promise<void> | undefined;

  constructor(private readonly modules: RouteFeedModules) {}

  subscribe(): void {
    const { messaging, table } = this.modules;
    table.onMiss(() => this.#askOnce());
    messaging.subscribe(Messages.routeChanged, CONTROL, ({ data }) => {
      table.set(data);
      for (const changes of this.#changes) changes.push(data);
      this.#save();
    });
    messaging.subscribe(Messages.routesFence, CONTROL, ({ data }) => this.#confirm(data.fence));
    messaging.subscribe(Messages.heartbeat, ANY_CHAIN, ({ chain, data }) => {
      if (data.role !== 'follower' && table.moved(chain, data)) this.#save();
    });
  }

  /** Asks for the whole list, and goes on asking until the control plane answers. Never throws. */
  async refill(): Promise<void> {
    const { table, clock, logger } = this.modules;
    this.#cancelNext();
    let nextMs = REFRESH_MS;
    const changes: Route[] = [];
    this.#changes.add(changes);
    try {
      const routes = await this.#askAll();
      table.replaceAll([...routes, ...changes]);
      this.#save();
      if (this.#complained) logger.info('routes loaded', { routes: routes.length });
      this.#complained = false;
    } catch (error) {
      nextMs = RETRY_MS;
      if (!this.#complained)
        logger.warn('the control plane does not answer; serving the routes known so far', {
          routes: table.size,
          error: String(error),
        });
      this.#complained = true;
    }
    this.#changes.delete(changes);
    this.#cancelNext();
    if (!this.#stopped) this.#cancelNext = clock.after(nextMs, () => void this.refill());
  }

  async #askAll(): Promise<Route[]> {
    const { gateway, messaging } = this.modules;
    const routes: Route[] = [];
    for (let after: string | undefined; ; ) {
      const page = await messaging.request(Requests.routesList, CONTROL, {
        gateway,
        ...(after !== undefined && { after }),
      });
      routes.push(...page.routes);
      if (page.next === undefined) return routes;
      after = page.next;
    }
  }

  /** Messages are taken in the order in which they were sent: the table has all that came before the fence. */
  async #confirm(fence: string): Promise<void> {
    const { gateway, messaging, logger } = this.modules;
    try {
      await messaging.request(Requests.routesSeen, CONTROL, { gateway, fence });
    } catch (error) {
      logger.debug('fence not confirmed', { fence, error: String(error) });
    }
  }

  #askOnce(): Promise<void> {
    this.#asking ??= sleep(this.modules.clock, MISS_MS)
      .then(() => this.refill())
      .finally(() => {
        this.#asking = undefined;
      });
    return this.#asking;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelNext();
  }

  #save(): void {
    const { cache, table } = this.modules;
    cache.changed(() => table.list());
  }
}
