import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FlotillaError, type Logger } from '@flotilla/common';
import { errorFields } from '../errors.js';
import { type FollowReply, type FollowRequest, followRequestSchema } from './messages.js';
import { isBearer } from './peer-token.js';

export interface PeerServerModules {
  readonly token: string;
  readonly follow: (request: FollowRequest) => Promise<FollowReply>;
  readonly logger: Logger;
}

const MAX_BODY_BYTES = 16 * 1024;
const MAX_CONNECTIONS = 64;
const PATH = '/follow';

/**
 * Where instances of one chain meet: a port of its own in the writer's thread, so that no flood of reads delays a
 * confirmation, and no client of the chain can pass for a follower.
 */
export class PeerServer {
  readonly #server: Server;

  constructor(
    private readonly host: string,
    private readonly modules: PeerServerModules,
  ) {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        modules.logger.warn('a peer was not answered', errorFields(error));
        response.destroy();
      });
    });
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.on('connection', (socket) => socket.setNoDelay(true));
  }

  /** Resolves with its URL. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, this.host, resolve);
    });
    const host = this.host.includes(':') ? `[${this.host}]` : this.host;
    return `http://${host}:${(this.#server.address() as AddressInfo).port}${PATH}`;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST' || request.url !== PATH) return send(response, 404, {});
    if (!isBearer(request.headers.authorization, this.modules.token)) {
      return send(response, 401, {});
    }
    const parsed = followRequestSchema.safeParse(await json(request));
    if (!parsed.success) return send(response, 400, { code: 'INVALID_REQUEST', message: '' });
    try {
      send(response, 200, await this.modules.follow(parsed.data));
    } catch (error) {
      if (!(error instanceof FlotillaError)) throw error;
      send(response, 409, { code: error.code, message: error.message });
    }
  }
}

/** Undefined for what is none, or too long. */
async function json(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
