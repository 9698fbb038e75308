import type { Clock, Logger } from '@flotilla/common';
import { Access } from './access/access.js';
import type { KeyTable } from './access/key-table.js';
import { ChainRequests } from './chain-requests.js';
import { ChainSockets } from './chain-sockets.js';
import {
  CONNECTION_DEFAULTS,
  type ConnectionOptions,
  ConnectionTable,
} from './connections/connection-table.js';
import type { GatewayMetrics } from './gateway-metrics.js';
import { GatewayServer } from './gateway-server.js';
import { FairTurns } from './limits/fair-turns.js';
import { Meters } from './limits/meters.js';
import { HttpProxy } from './proxy/http-proxy.js';
import type { UpstreamPool } from './proxy/upstream-pool.js';
import { ReplicaChoice } from './routes/replica-choice.js';
import type { RouteTable } from './routes/route-table.js';
import { Upstreams } from './routes/upstreams.js';
import { WAKER_DEFAULTS, Waker, type WakerOptions } from './sleep/waker.js';
import { Upgrader } from './websocket/upgrader.js';

export interface EdgeOptions {
  readonly host: string;
  readonly port: number;
  /** How long a request waits for a chain that restarts, in milliseconds. */
  readonly holdMs: number;
  readonly connections?: Partial<ConnectionOptions>;
  readonly waker?: Partial<WakerOptions>;
}

export interface EdgeModules {
  readonly routes: RouteTable;
  readonly keys: KeyTable;
  readonly pool: UpstreamPool;
  /** Asks the control plane to wake a chain. */
  readonly wake: (chain: string) => Promise<void>;
  readonly metrics: GatewayMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Joins what stands between a client's socket and its chain. */
export function createEdge(options: EdgeOptions, modules: EdgeModules): GatewayServer {
  const { holdMs } = options;
  const { wake, ...shared } = modules;
  const { routes, pool } = modules;
  routes.onTakeover((chain) => pool.cut(chain));
  const waking = { ...WAKER_DEFAULTS, ...options.waker };
  const waker = new Waker(waking, { ...shared, ask: wake });
  const upstreams = new Upstreams({ holdMs, startMs: waking.holdMs }, { ...shared, waker });
  const connections = new ConnectionTable(
    { ...CONNECTION_DEFAULTS, ...options.connections },
    shared,
  );
  const meters = new Meters(shared);
  const replicas = new ReplicaChoice(() => modules.clock.now());
  const access = new Access(shared);
  const turns = new FairTurns();
  const edge = { ...shared, access, upstreams, connections, meters, replicas, turns };
  return new GatewayServer(options, {
    ...edge,
    waker,
    requests: new ChainRequests({ ...edge, http: new HttpProxy({ holdMs }, edge) }),
    sockets: new ChainSockets({ ...edge, upgrader: new Upgrader({ holdMs }, edge) }),
  });
}
