import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '@flotilla/common';
import type { Access } from './access/access.js';
import { credentialOf } from './access/credential.js';
import type { KeyTable } from './access/key-table.js';
import type { ChainPath } from './chain-path.js';
import type { ConnectionTable } from './connections/connection-table.js';
import { overLimit, unknownChain } from './errors.js';
import type { GatewayMetrics } from './gateway-metrics.js';
import type { FairTurns } from './limits/fair-turns.js';
import type { Meters } from './limits/meters.js';
import type { Excess } from './limits/rate-meter.js';
import type { RouteTable } from './routes/route-table.js';
import type { Upgrader } from './websocket/upgrader.js';
import { WebSocketLink } from './websocket/web-socket-link.js';

interface Modules {
  readonly access: Access;
  readonly keys: KeyTable;
  readonly upgrader: Upgrader;
  readonly routes: RouteTable;
  readonly meters: Meters;
  readonly connections: ConnectionTable;
  readonly turns: FairTurns;
  readonly metrics: GatewayMetrics;
  readonly clock: Clock;
}

/** When to try again for a connection. */
const FULL_MS = 1_000;

/** The WebSockets of all chains. */
export class ChainSockets {
  readonly #links = new Set<WebSocketLink>();

  constructor(private readonly modules: Modules) {}

  /** @throws GatewayError when the client is not joined to the chain; its socket is then still open */
  async join(
    { chain, key }: ChainPath,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<void> {
    const { access, keys, routes, meters, connections, metrics, clock } = this.modules;
    // Node types it as a Duplex because of TLS; without that it is the connection itself.
    const client = socket as Socket;
    const connection = connections.of(client);
    if (connection === undefined) return;
    const caller = { chain, ...credentialOf(request, key, keys) };
    const open = () => {
      const route = routes.get(chain);
      return route === undefined || access.refusal(route, caller.keyHash) ? undefined : route;
    };
    const account = open() === undefined ? '' : chain;
    const meter = () => meters.of(chain, open());
    const { limits, connectionsPerClient } = meter();
    const refuse = (excess: Excess) => {
      metrics.refused(account, excess.limit);
      throw overLimit(excess);
    };
    const isOurs = connections.claim(connection, {
      chain: account,
      client: caller.client,
      max: limits.connections ?? Number.POSITIVE_INFINITY,
      maxPerClient: connectionsPerClient,
    });
    if (!isOurs) refuse({ limit: 'connections', retryAfterMs: FULL_MS });
    const excess = meter().take(caller.client, clock.now());
    if (excess !== undefined) refuse(excess);
    const route = await routes.lookUp(chain);
    if (route === undefined) throw unknownChain(chain);
    const refusal = access.refusal(route, caller.keyHash);
    if (refusal !== undefined) throw refusal;
    connection.upgraded();
    const link = new WebSocketLink(caller, request, client, { ...this.modules, meter });
    await link.open(head);
    this.#links.add(link);
    metrics.sockets(chain, 1);
    client.once('close', () => {
      this.#links.delete(link);
      metrics.sockets(chain, -1);
    });
  }

  /** To be called every second or so. */
  sweep(): void {
    for (const link of this.#links) link.sweep();
  }

  close(): void {
    for (const link of this.#links) link.destroy();
  }
}
