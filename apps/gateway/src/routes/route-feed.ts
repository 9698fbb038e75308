import type { Logger } from '@flotilla/common';
import { ANY_CHAIN, CONTROL, Messages, type Messaging, Requests } from '@flotilla/messaging';
import type { RouteCache } from './route-cache.js';
import type { RouteTable } from './route-table.js';

interface Modules {
  readonly messaging: Messaging;
  readonly table: RouteTable;
  readonly cache: RouteCache;
  readonly logger: Logger;
}

/** Keeps the route table current from NATS: the whole list at each connection, then changes and heartbeats. */
export class RouteFeed {
  constructor(private readonly modules: Modules) {}

  subscribe(): void {
    const { messaging, table } = this.modules;
    messaging.subscribe(Messages.routeChanged, CONTROL, ({ data }) => {
      table.set(data);
      this.#save();
    });
    messaging.subscribe(Messages.heartbeat, ANY_CHAIN, ({ chain, data }) => {
      if (table.moved(chain, data)) this.#save();
    });
  }

  async refill(): Promise<void> {
    const { messaging, table, logger } = this.modules;
    try {
      const { routes } = await messaging.request(Requests.routesList, CONTROL, {});
      table.replaceAll(routes);
      this.#save();
      logger.info('routes loaded', { routes: routes.length });
    } catch (error) {
      logger.warn('the control plane does not answer; serving the routes known so far', {
        routes: table.size,
        error: String(error),
      });
    }
  }

  #save(): void {
    const { cache, table, logger } = this.modules;
    cache.save(table.list()).catch((error) => {
      logger.error('routes not cached', { error: String(error) });
    });
  }
}
