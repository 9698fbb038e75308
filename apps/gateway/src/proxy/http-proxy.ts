import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Clock, sleep } from '@flotilla/common';
import { type RouteTable, unavailable } from '../routes/route-table.js';
import { bodyTooLarge } from './body-limit.js';
import { Exchange } from './exchange.js';
import { endToEndHeaders } from './headers.js';
import type { UpstreamPool } from './upstream-pool.js';

export interface HttpProxyOptions {
  readonly maxBodyBytes: number;
  /** How long a request waits for a chain that restarts, in milliseconds. */
  readonly holdMs: number;
}

interface Modules {
  readonly routes: RouteTable;
  readonly pool: UpstreamPool;
  readonly clock: Clock;
}

const RETRY_MS = 100;

/** Streams one HTTP request to its chain and the answer back, without parsing either. */
export class HttpProxy {
  constructor(
    private readonly options: HttpProxyOptions,
    private readonly modules: Modules,
  ) {}

  /** @throws GatewayError when nothing was answered yet; later failures end the connection. */
  async forward(chain: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const declared = Number(request.headers['content-length'] ?? 0);
    if (declared > this.options.maxBodyBytes) throw bodyTooLarge(this.options.maxBodyBytes);
    const exchange = new Exchange(request, response);
    await this.#connect(chain, exchange);
    await exchange.run(this.options.maxBodyBytes);
  }

  /** The client's body is not touched until there is a connection, so trying again loses nothing. */
  async #connect(chain: string, exchange: Exchange): Promise<void> {
    const { routes, pool, clock } = this.modules;
    const { method, headers } = exchange.request;
    const deadline = clock.now() + this.options.holdMs;
    for (;;) {
      const { rpcUrl } = await routes.upstream(chain, exchange.cancelled);
      const options = { method, headers: endToEndHeaders(headers) };
      if (await exchange.open(pool.request(chain, rpcUrl, options))) return;
      if (exchange.cancelled.aborted || clock.now() >= deadline) throw unavailable(chain);
      await sleep(clock, RETRY_MS);
    }
  }
}
