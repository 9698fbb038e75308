import { silentLogger } from '@flotilla/common';
import type { MethodTable } from '../method.js';
import { RpcServer, type RpcServerOptions } from '../rpc-server.js';

/** How long what is under way may take when a test is over. */
const GRACE_MS = 50;

/** Servers of a spec on free ports, all with the same methods. */
export class TestServers {
  readonly #servers: RpcServer[] = [];

  constructor(private readonly methods: MethodTable) {}

  async start(options: Partial<RpcServerOptions> = {}): Promise<RpcServer> {
    const server = new RpcServer(
      { host: '127.0.0.1', port: 0, ...options },
      { methods: this.methods, logger: silentLogger },
    );
    await server.listen();
    this.#servers.push(server);
    return server;
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map((server) => server.close(GRACE_MS)));
  }
}

/** The text of a request. */
export const call = (method: string, params: unknown[] = [], id: unknown = 1): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });

export const post = (
  server: RpcServer,
  body: string,
  headers: Record<string, string> = {},
): Promise<Response> => fetch(server.httpUrl, { method: 'POST', body, headers });
