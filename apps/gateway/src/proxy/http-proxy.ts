import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { type Clock, sleep } from '@flotilla/common';
import { GatewayError, GatewayErrorCode } from '../errors.js';
import { type RouteTable, unavailable } from '../routes/route-table.js';
import { BodyLimit, bodyTooLarge } from './body-limit.js';
import { CORS_HEADERS, endToEndHeaders } from './headers.js';
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
    const cancelled = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) cancelled.abort();
    });
    const upstream = await this.#connect(chain, request, cancelled.signal);
    await this.#exchange(upstream, request, response);
  }

  /** A connected upstream request; the client's body has not been touched yet, so trying again loses nothing. */
  async #connect(
    chain: string,
    request: IncomingMessage,
    cancelled: AbortSignal,
  ): Promise<ClientRequest> {
    const { routes, pool, clock } = this.modules;
    const deadline = clock.now() + this.options.holdMs;
    for (;;) {
      const { rpcUrl } = await routes.upstream(chain, cancelled);
      const upstream = pool.request(chain, rpcUrl, {
        method: request.method,
        headers: endToEndHeaders(request.headers),
        signal: cancelled,
      });
      if (await connected(upstream)) return upstream;
      if (cancelled.aborted || clock.now() >= deadline) throw unavailable(chain);
      await sleep(clock, RETRY_MS);
    }
  }

  #exchange(
    upstream: ClientRequest,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const limit = new BodyLimit(this.options.maxBodyBytes);
      const fail = (error: Error) => {
        upstream.destroy();
        if (response.headersSent) response.destroy();
        reject(error instanceof GatewayError ? error : lost(error));
      };
      limit.on('error', fail);
      upstream.on('error', fail);
      upstream.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, {
          ...endToEndHeaders(answer.headers),
          ...CORS_HEADERS,
        });
        pipeline(answer, response, (error) => (error ? fail(error) : resolve()));
      });
      request.pipe(limit).pipe(upstream);
    });
  }
}

function lost(cause: Error): GatewayError {
  return new GatewayError(
    GatewayErrorCode.UpstreamFailed,
    'the chain closed the connection before it answered; ask again to learn what became of the request',
    { cause, retryable: true },
  );
}

function connected(upstream: ClientRequest): Promise<boolean> {
  return new Promise((resolve) => {
    upstream.once('error', () => resolve(false));
    upstream.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => resolve(true));
      else resolve(true);
    });
  });
}
