import { type Clock, silentLogger, systemClock } from '@flotilla/common';
import type { Route } from '@flotilla/messaging';
import { KeyTable } from '../access/key-table.js';
import { createEdge, type EdgeOptions } from '../edge.js';
import type { GatewayMetrics } from '../gateway-metrics.js';
import { DEFAULT_LIMITS } from '../limits/default-limits.js';
import { UpstreamPool } from '../proxy/upstream-pool.js';
import { RouteTable } from '../routes/route-table.js';

/** A listening gateway without a control plane. */
export interface TestGateway {
  readonly port: number;
  readonly url: string;
  readonly routes: RouteTable;
  readonly keys: KeyTable;
  /** `<chain> <limit>` of everything that was over a limit. */
  readonly refused: string[];
  /** Names of the chains that the control plane was asked to wake. */
  readonly wakes: string[];
  /** What the control plane does then. */
  onWake: (chain: string) => void;
  /** Routes a chain to a server of the test. */
  route(name: string, rpcUrl: string | undefined, changes?: Partial<Route>): void;
  close(): Promise<void>;
}

export interface TestGatewayOptions extends Partial<EdgeOptions> {
  readonly clock?: Clock;
  /** Upstream sockets per chain. */
  readonly maxSockets?: number;
}

export async function startTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const { clock = systemClock, maxSockets = 16, ...edge } = options;
  const routes = new RouteTable(clock);
  const keys = new KeyTable();
  const pool = new UpstreamPool(maxSockets);
  const refused: string[] = [];
  const wakes: string[] = [];
  const metrics: GatewayMetrics = {
    answered() {},
    sockets() {},
    bytes() {},
    woken() {},
    held() {},
    parked() {},
    refused: (chain, limit) => refused.push(`${chain} ${limit}`),
    text: async () => '',
  };
  const server = createEdge(
    { host: '127.0.0.1', port: 0, holdMs: 600, ...edge },
    {
      routes,
      keys,
      pool,
      metrics,
      clock,
      logger: silentLogger,
      wake: async (chain) => {
        wakes.push(chain);
        gateway.onWake(chain);
      },
    },
  );
  const port = await server.listen();
  const gateway: TestGateway = {
    port,
    url: `http://127.0.0.1:${port}`,
    routes,
    keys,
    refused,
    wakes,
    onWake() {},
    route: (name, rpcUrl, changes = {}) =>
      routes.set({
        name,
        chainId: 7,
        phase: 'Running',
        rpcUrl,
        wsUrl: rpcUrl?.replace('http', 'ws'),
        limits: DEFAULT_LIMITS,
        ...changes,
      }),
    async close() {
      await server.close();
      pool.close();
    },
  };
  return gateway;
}
