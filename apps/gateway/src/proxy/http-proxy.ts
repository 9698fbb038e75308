import { type Clock, sleep } from '@flotilla/common';
import { tooLate, unavailable } from '../errors.js';
import type { Caller } from '../routes/caller.js';
import type { Choice, ReplicaChoice } from '../routes/replica-choice.js';
import type { Upstreams } from '../routes/upstreams.js';
import { bodyTooLarge } from './body-limit.js';
import type { Exchange } from './exchange.js';
import { CLIENT_HEADER, DEADLINE_AT_HEADER, endToEndHeaders, MIN_BLOCK_HEADER } from './headers.js';
import type { UpstreamPool } from './upstream-pool.js';

export interface HttpProxyOptions {
  /** How long a request waits for a chain that restarts, in milliseconds. */
  readonly holdMs: number;
}

interface Modules {
  readonly upstreams: Upstreams;
  readonly pool: UpstreamPool;
  readonly replicas: ReplicaChoice;
  readonly clock: Clock;
}

/** One request, and what it may have. */
export interface Passage {
  readonly caller: Caller;
  readonly exchange: Exchange;
  readonly maxBodyBytes: number;
  /** When its own deadline is over, by the clock; undefined without one. */
  readonly deadline: number | undefined;
  /** Gets the microseconds of computing that the node says it took. */
  readonly answered: (costMicros: number) => void;
}

const RETRY_MS = 100;

/**
 * Passes one HTTP request to its chain and the answer back, without parsing either. What nobody has looked at goes to
 * whoever serves next; a long body is streamed, and can be sent once only.
 */
export class HttpProxy {
  constructor(
    private readonly options: HttpProxyOptions,
    private readonly modules: Modules,
  ) {}

  /** @throws GatewayError when nothing was answered yet; later failures end the connection. */
  async forward(passage: Passage): Promise<void> {
    const { exchange, maxBodyBytes } = passage;
    const { headers, method } = exchange.request;
    if (Number(headers['content-length'] ?? 0) > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
    if (method === 'POST') await exchange.readShort();
    let giveUpAt: number | undefined;
    for (;;) {
      const { caller } = passage;
      const { upstreams, replicas, clock } = this.modules;
      const upstream = await upstreams.of(caller, exchange.cancelled);
      const choice = replicas.choose(caller.chain, upstream);
      giveUpAt ??= clock.now() + this.options.holdMs;
      try {
        if (await this.#pass(passage, choice)) return;
      } finally {
        replicas.finished(choice);
      }
      exchange.cancelled.throwIfAborted();
      if (clock.now() >= giveUpAt) throw unavailable(caller.chain);
      if (choice.rpcUrl === upstream.rpcUrl) await sleep(clock, RETRY_MS);
      else replicas.unreachable(choice);
    }
  }

  #pass(passage: Passage, { rpcUrl, minBlock }: Choice): Promise<boolean> {
    const { caller, exchange, maxBodyBytes, deadline, answered } = passage;
    const { pool, replicas, clock } = this.modules;
    if (deadline !== undefined && clock.now() >= deadline) throw tooLate();
    const headers = endToEndHeaders(exchange.request.headers);
    headers[CLIENT_HEADER] = caller.client;
    if (minBlock !== undefined) headers[MIN_BLOCK_HEADER] = `${minBlock}`;
    if (deadline !== undefined) headers[DEADLINE_AT_HEADER] = `${deadline}`;
    return exchange.pass(
      maxBodyBytes,
      (request, handler) => pool.send(caller.chain, rpcUrl, { ...request, headers }, handler),
      {
        cost: answered,
        headers: (told) => replicas.answered(caller.chain, told),
      },
    );
  }
}
