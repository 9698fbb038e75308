import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Clock, sleep } from '@flotilla/common';
import { type RouteTable, unavailable } from '../routes/route-table.js';
import { endToEndHeaders } from './headers.js';
import type { UpstreamPool } from './upstream-pool.js';

interface Modules {
  readonly routes: RouteTable;
  readonly pool: UpstreamPool;
  readonly clock: Clock;
}

interface Upgraded {
  readonly answer: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

const RETRY_MS = 100;

/** Joins a client's WebSocket to its chain's as two byte streams; frames are not parsed. */
export class WebSocketProxy {
  constructor(
    private readonly options: { readonly holdMs: number },
    private readonly modules: Modules,
  ) {}

  /** @throws GatewayError when the chain can't be reached; the client's socket is then still open. */
  async forward(
    chain: string,
    request: IncomingMessage,
    client: Duplex,
    head: Buffer,
  ): Promise<void> {
    const cancelled = new AbortController();
    const abort = () => cancelled.abort();
    client.once('close', abort);
    const { answer, socket, head: first } = await this.#upgrade(chain, request, cancelled.signal);
    client.off('close', abort);
    client.write(responseHead(answer));
    if (first.length > 0) client.write(first);
    if (head.length > 0) socket.write(head);
    join(client, socket);
  }

  async #upgrade(
    chain: string,
    request: IncomingMessage,
    cancelled: AbortSignal,
  ): Promise<Upgraded> {
    const { routes, pool, clock } = this.modules;
    const deadline = clock.now() + this.options.holdMs;
    for (;;) {
      const { wsUrl } = await routes.upstream(chain, cancelled);
      const upstream = pool.request(chain, wsUrl.replace(/^ws/, 'http'), {
        agent: false,
        headers: {
          ...endToEndHeaders(request.headers),
          connection: 'Upgrade',
          upgrade: 'websocket',
        },
      });
      const upgraded = await answerOf(upstream, cancelled);
      if (upgraded !== undefined) return upgraded;
      if (cancelled.aborted || clock.now() >= deadline) throw unavailable(chain);
      await sleep(clock, RETRY_MS);
    }
  }
}

function answerOf(upstream: ClientRequest, cancelled: AbortSignal): Promise<Upgraded | undefined> {
  return new Promise((resolve) => {
    const abort = () => upstream.destroy();
    const settle = (upgraded: Upgraded | undefined) => {
      cancelled.removeEventListener('abort', abort);
      resolve(upgraded);
    };
    cancelled.addEventListener('abort', abort, { once: true });
    upstream.on('upgrade', (answer, socket, head) => settle({ answer, socket, head }));
    upstream.on('response', (answer) => {
      answer.resume();
      settle(undefined);
    });
    upstream.on('error', () => settle(undefined));
    upstream.end();
  });
}

function responseHead(answer: IncomingMessage): string {
  const lines = [`HTTP/1.1 101 ${answer.statusMessage ?? 'Switching Protocols'}`];
  for (let i = 0; i < answer.rawHeaders.length; i += 2) {
    lines.push(`${answer.rawHeaders[i]}: ${answer.rawHeaders[i + 1]}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function join(a: Duplex, b: Duplex): void {
  a.pipe(b);
  b.pipe(a);
  const end = () => {
    a.destroy();
    b.destroy();
  };
  for (const side of [a, b]) side.on('error', end).on('close', end);
}
