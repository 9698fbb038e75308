import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Logger, systemClock } from '@flotilla/common';
import {
  connectMessaging,
  type EdgeKey,
  edgeKeySchema,
  type Messaging,
  type Route,
  routeSchema,
} from '@flotilla/messaging';
import { createLogger, loadConfig, PLATFORM_NICE, setOwnPriority } from '@flotilla/platform';
import {
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { z } from 'zod';
import { KeyFeed } from './access/key-feed.js';
import { KeyTable } from './access/key-table.js';
import { ListCache } from './cache/list-cache.js';
import { createEdge } from './edge.js';
import { createGatewayMetrics } from './gateway-metrics.js';
import { GatewayServer } from './gateway-server.js';
import { ROOT_LIMITS } from './limits/default-limits.js';
import { UpstreamPool } from './proxy/upstream-pool.js';
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
const ROUTE_CACHE = Symbol('RouteCache');
const KEY_CACHE = Symbol('KeyCache');

function listCache<Entry>(name: string, schema: z.ZodType<Entry>, logger: Logger) {
  const file = join(config.FLOTILLA_HOME, 'gateway', name);
  return new ListCache<Entry>({ file, schema, clock: systemClock, logger });
}

function rootRoute(): Route[] {
  const rpcUrl = config.FLOTILLA_ROOT_RPC_URL;
  if (rpcUrl === undefined) return [];
  const wsUrl = rpcUrl.replace(/^http/, 'ws');
  return [{ name: 'root', chainId: 0, phase: 'Running', rpcUrl, wsUrl, limits: ROOT_LIMITS }];
}

/** Joins the plain classes; requests themselves never pass through Nest. */
@Module({
  providers: [
    { provide: LOGGER, useFactory: () => createLogger('gateway', config.FLOTILLA_LOG_LEVEL) },
    { provide: UpstreamPool, useFactory: () => new UpstreamPool(MAX_SOCKETS_PER_CHAIN) },
    { provide: RouteTable, useFactory: () => new RouteTable(systemClock, rootRoute()) },
    { provide: KeyTable, useFactory: () => new KeyTable() },
    {
      provide: ROUTE_CACHE,
      useFactory: (logger: Logger) => listCache('routes.json', routeSchema, logger),
      inject: [LOGGER],
    },
    {
      provide: KEY_CACHE,
      useFactory: (logger: Logger) => listCache('keys.json', edgeKeySchema, logger),
      inject: [LOGGER],
    },
    { provide: WakeRequests, useFactory: () => new WakeRequests() },
    {
      provide: GatewayServer,
      useFactory: (
        routes: RouteTable,
        keys: KeyTable,
        pool: UpstreamPool,
        wakes: WakeRequests,
        logger: Logger,
      ) =>
        createEdge(
          {
            host: config.FLOTILLA_HOST,
            port: config.FLOTILLA_GATEWAY_PORT ?? DEFAULT_PORT,
            holdMs: HOLD_MS,
            waker: { wakesPerMinute: config.FLOTILLA_WAKES_PER_MINUTE },
          },
          {
            routes,
            keys,
            pool,
            wake: (chain) => wakes.wake(chain),
            metrics: createGatewayMetrics(),
            clock: systemClock,
            logger,
          },
        ),
      inject: [RouteTable, KeyTable, UpstreamPool, WakeRequests, LOGGER],
    },
  ],
})
export class GatewayModule implements OnApplicationBootstrap, OnApplicationShutdown {
  #messaging: Messaging | undefined;
  #feeds: readonly (RouteFeed | KeyFeed)[] = [];

  constructor(
    private readonly server: GatewayServer,
    private readonly pool: UpstreamPool,
    private readonly table: RouteTable,
    private readonly keys: KeyTable,
    @Inject(ROUTE_CACHE) private readonly routeCache: ListCache<Route>,
    @Inject(KEY_CACHE) private readonly keyCache: ListCache<EdgeKey>,
    private readonly wakes: WakeRequests,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.table.replaceAll(await this.routeCache.load());
    const keys = await this.keyCache.load();
    if (keys.length > 0) this.keys.replaceAll(keys);
    if (!setOwnPriority(PLATFORM_NICE.gateway)) {
      this.logger.info('the gateway runs at normal priority: raising it takes root');
    }
    const port = await this.server.listen();
    this.logger.info('listening', { port, routes: this.table.size });
    await this.#follow();
  }

  async onApplicationShutdown(): Promise<void> {
    for (const feed of this.#feeds) feed.stop();
    await this.server.close();
    this.pool.close();
    await this.#messaging?.close();
    await Promise.all([this.routeCache.flush(), this.keyCache.flush()]);
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
      onConnected: () => this.#refill(),
    });
    this.wakes.messaging = this.#messaging;
    const shared = { messaging: this.#messaging, clock: systemClock, logger: this.logger };
    this.#feeds = [
      new RouteFeed({
        ...shared,
        gateway: randomUUID(),
        table: this.table,
        cache: this.routeCache,
      }),
      new KeyFeed({ ...shared, table: this.keys, cache: this.keyCache }),
    ];
    for (const feed of this.#feeds) feed.subscribe();
    this.#refill();
  }

  #refill(): void {
    for (const feed of this.#feeds) void feed.refill();
  }
}
