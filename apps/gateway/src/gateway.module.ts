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
import { createGatewayMetrics } from './gateway-metrics.js';
import { GatewayServer } from './gateway-server.js';
import { HttpProxy } from './proxy/http-proxy.js';
import { UpstreamPool } from './proxy/upstream-pool.js';
import { WebSocketProxy } from './proxy/websocket-proxy.js';
import { RouteCache } from './routes/route-cache.js';
import { RouteFeed } from './routes/route-feed.js';
import { RouteTable } from './routes/route-table.js';

const DEFAULT_PORT = 8550;
const HOLD_MS = 5_000;
const MAX_BODY_BYTES = 5 * 1024 * 1024;
const MAX_SOCKETS_PER_CHAIN = 512;

const config = loadConfig([
  'FLOTILLA_HOME',
  'FLOTILLA_HOST',
  'FLOTILLA_GATEWAY_PORT',
  'FLOTILLA_NATS_URL',
  'FLOTILLA_NATS_CREDS_FILE',
  'FLOTILLA_ROOT_RPC_URL',
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
    { provide: RouteTable, useFactory: () => new RouteTable(HOLD_MS, systemClock, rootRoute()) },
    {
      provide: RouteCache,
      useFactory: () => new RouteCache(join(config.FLOTILLA_HOME, 'gateway', 'routes.json')),
    },
    {
      provide: GatewayServer,
      useFactory: (routes: RouteTable, pool: UpstreamPool, logger: Logger) => {
        const modules = { routes, pool, clock: systemClock };
        return new GatewayServer(
          { host: config.FLOTILLA_HOST, port: config.FLOTILLA_GATEWAY_PORT ?? DEFAULT_PORT },
          {
            http: new HttpProxy({ maxBodyBytes: MAX_BODY_BYTES, holdMs: HOLD_MS }, modules),
            webSocket: new WebSocketProxy({ holdMs: HOLD_MS }, modules),
            routes,
            metrics: createGatewayMetrics(),
            logger,
          },
        );
      },
      inject: [RouteTable, UpstreamPool, LOGGER],
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
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.table.replaceAll(await this.cache.load());
    const port = await this.server.listen();
    this.logger.info('listening', { port, routes: this.table.size });
    await this.#follow();
  }

  async onApplicationShutdown(): Promise<void> {
    this.#feed?.stop();
    await this.server.close();
    this.pool.close();
    await this.#messaging?.close();
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
    const { table, cache, logger } = this;
    const modules = { messaging: this.#messaging, table, cache, clock: systemClock, logger };
    this.#feed = new RouteFeed(modules);
    this.#feed.subscribe();
    void this.#feed.refill();
  }
}
