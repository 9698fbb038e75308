import {
  type ClientRequest,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { type Clock, sleep } from '@flotilla/common';
import { unavailable } from '../errors.js';
import { CLIENT_HEADER, CONNECTION_HEADER, endToEndHeaders } from '../proxy/headers.js';
import type { Caller } from '../routes/caller.js';
import type { Upstreams } from '../routes/upstreams.js';

export interface UpgraderModules {
  readonly upstreams: Upstreams;
  readonly clock: Clock;
}

/** A WebSocket to a chain. */
export interface Upgraded {
  readonly answer: IncomingMessage;
  readonly socket: Duplex;
  /** Bytes that came right behind the answer. */
  readonly head: Buffer;
}

const RETRY_MS = 100;

/** Opens WebSockets to chains. */
export class Upgrader {
  constructor(
    private readonly options: { readonly holdMs: number },
    private readonly modules: UpgraderModules,
  ) {}

  /**
   * @param id tells the chain's process that this is a connection that it, or the one before it, has had
   * @throws GatewayError as `Upstreams.of`
   */
  async open(
    caller: Caller,
    headers: IncomingHttpHeaders,
    id: string,
    cancelled: AbortSignal,
  ): Promise<Upgraded> {
    const { upstreams, clock } = this.modules;
    let giveUpAt: number | undefined;
    for (;;) {
      const { wsUrl } = await upstreams.of(caller, cancelled);
      giveUpAt ??= clock.now() + this.options.holdMs;
      const send = wsUrl.startsWith('wss:') ? httpsRequest : httpRequest;
      const upstream = send(wsUrl.replace(/^ws/, 'http'), {
        agent: false,
        headers: {
          ...endToEndHeaders(headers),
          [CLIENT_HEADER]: caller.client,
          [CONNECTION_HEADER]: id,
          connection: 'Upgrade',
          upgrade: 'websocket',
        },
      });
      const upgraded = await answerOf(upstream, cancelled);
      if (upgraded !== undefined) return upgraded;
      if (cancelled.aborted || clock.now() >= giveUpAt) throw unavailable(caller.chain);
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
