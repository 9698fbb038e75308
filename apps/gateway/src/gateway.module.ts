import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Logger, systemClock } from '@flotilla/common';
import { connectMessaging, type Messaging, type Route } from '@flotilla/messaging';
import { createLogger, loadConfig } from '@flotilla/platform';
import {
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { createEdge } from './edge.js';
import { createGatewayMetrics } from './gateway-metrics.js';
import { GatewayServer } from './gateway-server.js';
import { raisePriority } from './priority.js';
import { UpstreamPool } from './proxy/upstream-pool.js';
import { RouteCache } from './routes/route-cache.js';
import { RouteFeed } from './routes/route-feed.js';
import { RouteTable } from './routes/route-table.js';
import { WakeRequests } from './sleep/wake-requests.js';

const DEFAULT_PORT = 8550;
const HOLD_MS = 5_000;
const MAX_SOCKETS_PER_CHAIN = 512;

const config = loadConfig([
  'FLOTILLA_HOME',
  'FLOTILLA_HOST',
  'FLOTILLA_GATEWAY_PORT',
  'FLOTILLA_NATS_URL',
  'FLOTILLA_NATS_CREDS_FILE',
  'FLOTILLA_ROOT_RPC_URL',
  'FLOTILLA_WAKES_PER_MINUTE',
  'FLOTILLA_LOG_LEVEL',
]);

const LOGGER = Symbol('Logger');

function rootRoute(): Route[] {
  const rpcUrl = config.FLOTILLA_ROOT_RPC_URL;
  if (rpcUrl === undefined) return [];
  return [
    { name: 'root', chainId: 0, phase: 'Running', rpcUrl, wsUrl: rpcUrl.replace(/^http/, 'ws') },
  ];
}

/** Joins the plain classes; requests themselves never pass through Nest. */
@Module({
  providers: [
    { provide: LOGGER, useFactory: () => createLogger('gateway', config.FLOTILLA_LOG_LEVEL) },
    { provide: UpstreamPool, useFactory: () => new UpstreamPool(MAX_SOCKETS_PER_CHAIN) },
    { provide: RouteTable, useFactory: () => new RouteTable(systemClock, rootRoute()) },
    {
      provide: RouteCache,
      useFactory: (logger: Logger) =>
        new RouteCache({
          file: join(config.FLOTILLA_HOME, 'gateway', 'routes.json'),
          clock: systemClock,
          logger,
        }),
      inject: [LOGGER],
    },
    { provide: WakeRequests, useFactory: () => new WakeRequests() },
    {
      provide: GatewayServer,
      useFactory: (routes: RouteTable, pool: UpstreamPool, wakes: WakeRequests, logger: Logger) =>
        createEdge(
          {
            host: config.FLOTILLA_HOST,
            port: config.FLOTILLA_GATEWAY_PORT ?? DEFAULT_PORT,
            holdMs: HOLD_MS,
            waker: { wakesPerMinute: config.FLOTILLA_WAKES_PER_MINUTE },
          },
          {
            routes,
            pool,
            wake: (chain) => wakes.wake(chain),
            metrics: createGatewayMetrics(),
            clock: systemClock,
            logger,
          },
        ),
      inject: [RouteTable, UpstreamPool, WakeRequests, LOGGER],
    },
  ],
})
export class GatewayModule implements OnApplicationBootstrap, OnApplicationShutdown {
  #messaging: Messaging | undefined;
  #feed: RouteFeed | undefined;

  constructor(
    private readonly server: GatewayServer,
    private readonly pool: UpstreamPool,
    private readonly table: RouteTable,
    private readonly cache: RouteCache,
    private readonly wakes: WakeRequests,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.table.replaceAll(await this.cache.load());
    raisePriority(this.logger);
    const port = await this.server.listen();
    this.logger.info('listening', { port, routes: this.table.size });
    await this.#follow();
  }

  async onApplicationShutdown(): Promise<void> {
    this.#feed?.stop();
    await this.server.close();
    this.pool.close();
    await this.#messaging?.close();
    await this.cache.flush();
  }

  /** Serving does not wait for NATS: the cached routes are good until it says otherwise. */
  async #follow(): Promise<void> {
    if (config.FLOTILLA_NATS_URL === undefined) return;
    this.#messaging = await connectMessaging({
      url: config.FLOTILLA_NATS_URL,
      credsFile: config.FLOTILLA_NATS_CREDS_FILE,
      name: 'gateway',
      logger: this.logger,
      background: true,
      onConnected: () => void this.#feed?.refill(),
    });
    this.wakes.messaging = this.#messaging;
    const { table, cache, logger } = this;
    this.#feed = new RouteFeed({
      gateway: randomUUID(),
      messaging: this.#messaging,
      table,
      cache,
      clock: systemClock,
      logger,
    });
    this.#feed.subscribe();
    void this.#feed.refill();
  }
}
