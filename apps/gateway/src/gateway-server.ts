import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from '@flotilla/common';
import { chainOfPath } from './chain-path.js';
import { GatewayError, GatewayErrorCode } from './errors.js';
import { CORS_HEADERS } from './proxy/headers.js';
import type { HttpProxy } from './proxy/http-proxy.js';
import type { WebSocketProxy } from './proxy/websocket-proxy.js';
import type { RouteTable } from './routes/route-table.js';

export interface GatewayMetrics {
  /** `seconds` from the request's arrival to the end of its answer. */
  answered(chain: string, status: number, seconds: number): void;
  /** A WebSocket was opened (+1) or closed (−1). */
  sockets(chain: string, change: 1 | -1): void;
  text(): Promise<string>;
}

interface Modules {
  readonly http: HttpProxy;
  readonly webSocket: WebSocketProxy;
  readonly routes: RouteTable;
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
}

/** How long a refused request's body is still read. */
const LINGER_MS = 5_000;
const MAX_HEADER_BYTES = 16 * 1024;

/** The edge: `/<chain>` over HTTP and WebSocket, `/health` and `/metrics`. */
export class GatewayServer {
  readonly #server: Server;
  readonly #webSockets = new Set<Duplex>();

  constructor(
    private readonly options: { readonly host: string; readonly port: number },
    private readonly modules: Modules,
  ) {
    this.#server = createServer(
      { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: 65_000, noDelay: true },
      (request, response) => void this.#serve(request, response),
    );
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
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Answers what has been asked, then closes; open WebSockets are ended. */
  async close(): Promise<void> {
    for (const socket of this.#webSockets) socket.destroy();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const chain = chainOfPath(request.url);
    response.on('error', () => {});
    try {
      if (request.method === 'OPTIONS') response.writeHead(204, CORS_HEADERS).end();
      else if (request.url === '/health') this.#sendJson(response, 200, this.#health());
      else if (request.url === '/metrics') await this.#sendMetrics(response);
      else await this.#forward(chain, request, response);
    } catch (error) {
      this.#refuse(request, response, error);
    }
    const known = chain !== undefined && response.statusCode !== 404 ? chain : '';
    this.modules.metrics.answered(
      known,
      response.statusCode,
      (performance.now() - startedAt) / 1000,
    );
  }

  #forward(
    chain: string | undefined,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (chain === undefined) throw unknownPath(request);
    if (request.method !== 'POST' && request.method !== 'GET') {
      throw new GatewayError(GatewayErrorCode.MethodNotAllowed, 'JSON-RPC is sent by POST');
    }
    // Such a body would leave here without a frame: the chain would read it as the next client's request.
    if (request.method === 'GET' && hasBody(request)) {
      throw new GatewayError(GatewayErrorCode.MalformedRequest, 'a GET carries no body');
    }
    return this.modules.http.forward(chain, request, response);
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
    if (!request.complete) {
      request.resume();
      const giveUp = setTimeout(() => request.destroy(), LINGER_MS);
      request.once('close', () => clearTimeout(giveUp));
    }
    response.writeHead(known.status, {
      'content-type': 'application/json',
      ...(known.retryable ? { 'retry-after': '1' } : {}),
      ...CORS_HEADERS,
    });
    response.end(known.toJsonRpc());
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const chain = chainOfPath(request.url);
    socket.on('error', () => socket.destroy());
    this.#webSockets.add(socket);
    socket.once('close', () => this.#webSockets.delete(socket));
    try {
      if (chain === undefined) throw unknownPath(request);
      if (request.method !== 'GET' || request.headers.upgrade?.toLowerCase() !== 'websocket') {
        throw new GatewayError(GatewayErrorCode.MalformedRequest, 'only WebSocket is upgraded to');
      }
      await this.modules.webSocket.forward(chain, request, socket, head);
      this.modules.metrics.sockets(chain, 1);
      socket.once('close', () => this.modules.metrics.sockets(chain, -1));
    } catch (error) {
      const known = this.#asGatewayError(error);
      const body = known.toJsonRpc();
      socket.end(
        `HTTP/1.1 ${known.status} Refused\r\ncontent-type: application/json\r\nconnection: close\r\n` +
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
