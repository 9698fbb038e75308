import type { Clock, Logger } from '@flotilla/common';
import type { EventStore } from '@flotilla/persistence';
import type { FastifyReply } from 'fastify';
import type { ChainDirectory } from '../chains/chain-directory.js';
import { ApiError, ApiErrorCode } from '../errors.js';
import type { Principal } from '../http/request.js';
import type { LiveChain } from '../telemetry/live-chains.js';
import { toEventView } from './event-view.js';

export interface StreamRequest {
  readonly caller: Principal;
  readonly chain?: string;
  /** The last event that the client has; undefined: from now on. */
  readonly after?: number;
}

interface Stream {
  readonly request: StreamRequest;
  readonly reply: FastifyReply;
  wake: () => void;
  closed: boolean;
}

const MAX_STREAMS = 500;
const PAGE = 200;
const POLL_MS = 1_000;
const SETTLE_MS = 50;
const COMMENT_EVERY_MS = 15_000;

/**
 * Server-sent events. The log in the database is the source, each stream reads it from where its
 * client is, so nothing is missed or doubled; figures of live chains are added and never repeated.
 */
export class EventStreams {
  readonly #streams = new Set<Stream>();

  constructor(
    readonly modules: {
      readonly events: EventStore;
      readonly directory: ChainDirectory;
      readonly clock: Clock;
      readonly logger: Logger;
    },
  ) {}

  get size(): number {
    return this.#streams.size;
  }

  /** There may be new events. */
  nudge(): void {
    for (const stream of this.#streams) stream.wake();
  }

  /** Sends a chain's figures to those who may see it and can take it now. */
  head(chain: string, figures: LiveChain): void {
    if (this.#streams.size === 0) return;
    const tenant = this.modules.directory.peek(chain)?.tenant;
    const at = new Date(this.modules.clock.now()).toISOString();
    const data = JSON.stringify({ at, chain, type: 'chain.head', data: figures });
    for (const { request, reply } of this.#streams) {
      const visible = request.caller.tenant === null || request.caller.tenant === tenant;
      const wanted = request.chain === undefined || request.chain === chain;
      if (visible && wanted && !reply.raw.writableNeedDrain) {
        reply.raw.write(`event: chain.head\ndata: ${data}\n\n`);
      }
    }
  }

  /** Takes over the answer. @throws ApiError `TOO_MANY_STREAMS`; PersistenceError */
  async open(request: StreamRequest, reply: FastifyReply): Promise<void> {
    if (this.#streams.size >= MAX_STREAMS) {
      throw new ApiError(ApiErrorCode.TooManyStreams, 'too many event streams are open', {
        retryable: true,
      });
    }
    const after = request.after ?? (await this.modules.events.lastId());
    reply.hijack();
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    // The client's position from the start on, so that a reconnect before the first event misses none.
    reply.raw.write(`retry: 1000\nid: ${after}\n\n`);
    const stream: Stream = { request, reply, wake: () => {}, closed: false };
    this.#streams.add(stream);
    reply.raw.on('close', () => {
      stream.closed = true;
      this.#streams.delete(stream);
      stream.wake();
    });
    void this.#pump(stream, after);
  }

  /** A key was revoked: what it opened ends. */
  shutOut(keyId: string): void {
    for (const { request, reply } of this.#streams) {
      if (request.caller.keyId === keyId) reply.raw.end();
    }
  }

  close(): void {
    for (const { reply } of this.#streams) reply.raw.end();
  }

  async #pump(stream: Stream, after: number): Promise<void> {
    let last = after;
    let spokeAt = this.modules.clock.now();
    while (!stream.closed) {
      const woken = this.#pause(stream, POLL_MS);
      const events = await this.#read(stream.request, last);
      for (const event of events) {
        last = event.id;
        const data = JSON.stringify(toEventView(event));
        await write(stream, `id: ${event.id}\nevent: ${event.type}\ndata: ${data}\n\n`);
      }
      const now = this.modules.clock.now();
      if (events.length > 0) spokeAt = now;
      else if (now - spokeAt >= COMMENT_EVERY_MS) {
        spokeAt = now;
        await write(stream, ': still here\n\n');
      }
      if (events.length === PAGE) continue;
      await woken;
      // An event is readable once older transactions have ended: a moment after its own commit.
      await this.#pause(stream, SETTLE_MS);
    }
  }

  async #read({ caller, chain }: StreamRequest, last: number) {
    const filter = { tenant: caller.tenant, limit: PAGE, ...(chain !== undefined && { chain }) };
    try {
      return await this.modules.events.after(last, filter);
    } catch (error) {
      this.modules.logger.debug('events not readable', { error: String(error) });
      return [];
    }
  }

  #pause(stream: Stream, delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.modules.clock.after(delayMs, () => resolve());
      stream.wake = () => {
        cancel();
        resolve();
      };
    });
  }
}

/** Waits for a slow reader instead of buffering for it. */
async function write(stream: Stream, text: string): Promise<void> {
  const { raw } = stream.reply;
  if (stream.closed || raw.write(text)) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      raw.off('drain', done);
      raw.off('close', done);
      resolve();
    };
    raw.on('drain', done);
    raw.on('close', done);
  });
}
