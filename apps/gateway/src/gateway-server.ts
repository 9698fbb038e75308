import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from '@flotilla/common';
import { type ChainPath, parseChainPath } from './chain-path.js';
import type { ChainRequests } from './chain-requests.js';
import type { ChainSockets } from './chain-sockets.js';
import type { ConnectionTable } from './connections/connection-table.js';
import { GatewayError, GatewayErrorCode } from './errors.js';
import type { GatewayMetrics } from './gateway-metrics.js';
import type { Meters } from './limits/meters.js';
import { CORS_HEADERS } from './proxy/headers.js';
import type { RouteTable } from './routes/route-table.js';
import type { Waker } from './sleep/waker.js';

interface Modules {
  readonly requests: ChainRequests;
  readonly sockets: ChainSockets;
  readonly connections: ConnectionTable;
  readonly meters: Meters;
  readonly routes: RouteTable;
  readonly waker: Waker;
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
}

/** How long a refused request's body is still read. */
const LINGER_MS = 5_000;
/** Of one who is over a limit, and sends more than so many bytes, it is not read at all. */
const LIMIT_LINGER_MS = 1_000;
const LIMIT_LINGER_BYTES = 64 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;
const HEADERS_MS = 10_000;
const REQUEST_MS = 60_000;
const KEEP_ALIVE_MS = 65_000;
/** How long a closing server still answers. */
const CLOSE_MS = 3_000;
const IDLE_CHECK_MS = 50;
/** How often clients that don't move are looked for. */
const SWEEP_MS = 1_000;

/** The edge: `/<chain>` over HTTP and WebSocket, `/health` and `/metrics`. */
export class GatewayServer {
  readonly #server: Server;
  #sweeping: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: { readonly host: string; readonly port: number },
    private readonly modules: Modules,
  ) {
    this.#server = createServer(
      {
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: HEADERS_MS,
        requestTimeout: REQUEST_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
        connectionsCheckingInterval: SWEEP_MS,
        noDelay: true,
      },
      (request, response) => void this.#serve(request, response),
    );
    this.#server.on('connection', (socket) => modules.connections.opened(socket));
    this.#server.on(
      'upgrade',
      (request, socket, head) => void this.#upgrade(request, socket, head),
    );
  }

  /** Resolves with the port that is bound. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.options.port, this.options.host, () => {
        this.#server.off('error', reject);
        this.#sweeping = setInterval(() => this.#sweep(), SWEEP_MS);
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Answers for some seconds what has been asked, then closes; open WebSockets are ended. */
  async close(): Promise<void> {
    clearInterval(this.#sweeping);
    this.modules.sockets.close();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    // Those that were in use become idle once they are answered.
    const closing = setInterval(() => this.#server.closeIdleConnections(), IDLE_CHECK_MS);
    const giveUp = setTimeout(() => this.#server.closeAllConnections(), CLOSE_MS);
    await closed;
    clearInterval(closing);
    clearTimeout(giveUp);
    this.modules.waker.close();
  }

  #sweep(): void {
    const { connections, meters, sockets, routes } = this.modules;
    connections.sweep();
    sockets.sweep();
    meters.keep(routes);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const path = parseChainPath(request.url);
    response.on('error', () => {});
    try {
      if (request.method === 'OPTIONS') response.writeHead(204, CORS_HEADERS).end();
      else if (request.url === '/health') this.#sendJson(response, 200, this.#health());
      else if (request.url === '/metrics') await this.#sendMetrics(response);
      else await this.#forward(path, request, response);
    } catch (error) {
      this.#refuse(request, response, error);
    }
    const { metrics, routes } = this.modules;
    metrics.answered(
      path !== undefined && routes.has(path.chain) ? path.chain : '',
      response.statusCode,
      (performance.now() - startedAt) / 1000,
    );
  }

  #forward(
    path: ChainPath | undefined,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (path === undefined) throw unknownPath(request);
    if (request.method !== 'POST' && request.method !== 'GET') {
      throw new GatewayError(GatewayErrorCode.MethodNotAllowed, 'JSON-RPC is sent by POST');
    }
    // Such a body would leave here without a frame: the chain would read it as the next client's request.
    if (request.method === 'GET' && hasBody(request)) {
      throw new GatewayError(GatewayErrorCode.MalformedRequest, 'a GET carries no body');
    }
    return this.modules.requests.serve(path, request, response);
  }

  #health() {
    return { status: 'ok', routes: this.modules.routes.size };
  }

  async #sendMetrics(response: ServerResponse): Promise<void> {
    const text = await this.modules.metrics.text();
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    response.end(text);
  }

  #sendJson(response: ServerResponse, status: number, body: unknown): void {
    response.writeHead(status, { 'content-type': 'application/json', ...CORS_HEADERS });
    response.end(JSON.stringify(body));
  }

  #refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    const known = this.#asGatewayError(error);
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    // Ending the connection while the client still sends would take this answer from it: what comes is
    // read and thrown away, for a while.
    if (!request.complete) this.#discard(request, response, known);
    const retryAfter = known.retryAfterSeconds;
    response.writeHead(known.status, {
      'content-type': 'application/json',
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
      ...(known.status === 401 && { 'www-authenticate': 'Bearer' }),
      ...CORS_HEADERS,
    });
    response.end(known.toJsonRpc());
  }

  #discard(request: IncomingMessage, response: ServerResponse, { status }: GatewayError): void {
    const isOverLimit = status === 429;
    const isLong = !(Number(request.headers['content-length']) <= LIMIT_LINGER_BYTES);
    if (isOverLimit && isLong) response.shouldKeepAlive = false;
    else request.resume();
    const giveUp = setTimeout(() => request.destroy(), isOverLimit ? LIMIT_LINGER_MS : LINGER_MS);
    request.once('close', () => clearTimeout(giveUp));
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const path = parseChainPath(request.url);
    socket.on('error', () => socket.destroy());
    try {
      if (path === undefined) throw unknownPath(request);
      if (request.method !== 'GET' || request.headers.upgrade?.toLowerCase() !== 'websocket') {
        throw new GatewayError(GatewayErrorCode.MalformedRequest, 'only WebSocket is upgraded to');
      }
      await this.modules.sockets.join(path, request, socket, head);
    } catch (error) {
      const known = this.#asGatewayError(error);
      const body = known.toJsonRpc();
      const retryAfter = known.retryAfterSeconds;
      socket.end(
        `HTTP/1.1 ${known.status} Refused\r\ncontent-type: application/json\r\nconnection: close\r\n` +
          (retryAfter === undefined ? '' : `retry-after: ${retryAfter}\r\n`) +
          `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    }
  }

  #asGatewayError(error: unknown): GatewayError {
    if (error instanceof GatewayError) return error;
    this.modules.logger.error('request failed', { error: String(error) });
    return new GatewayError(GatewayErrorCode.UpstreamFailed, 'the gateway failed to pass this on', {
      cause: error,
      retryable: true,
    });
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function unknownPath(request: IncomingMessage): GatewayError {
  const path = JSON.stringify((request.url ?? '').slice(0, 60));
  return new GatewayError(
    GatewayErrorCode.UnknownChain,
    `unknown chain: ${path} is no chain's path, use /<chain-name>`,
  );
}
