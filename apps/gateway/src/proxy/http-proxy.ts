import { type Clock, sleep } from '@flotilla/common';
import { tooLate, unavailable } from '../errors.js';
import type { Caller } from '../routes/caller.js';
import type { ReplicaChoice } from '../routes/replica-choice.js';
import type { Upstreams } from '../routes/upstreams.js';
import { bodyTooLarge } from './body-limit.js';
import type { Exchange } from './exchange.js';
import { CLIENT_HEADER, DEADLINE_HEADER, endToEndHeaders, MIN_BLOCK_HEADER } from './headers.js';
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

/** Streams one HTTP request to its chain and the answer back, without parsing either. */
export class HttpProxy {
  constructor(
    private readonly options: HttpProxyOptions,
    private readonly modules: Modules,
  ) {}

  /** @throws GatewayError when nothing was answered yet; later failures end the connection. */
  async forward(passage: Passage): Promise<void> {
    const { exchange, maxBodyBytes, answered } = passage;
    const declared = Number(exchange.request.headers['content-length'] ?? 0);
    if (declared > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
    await this.#connect(passage);
    const { replicas } = this.modules;
    await exchange.run(maxBodyBytes, {
      cost: answered,
      headers: (headers) => replicas.answered(passage.caller.chain, headers),
    });
  }

  /** The client's body is not touched until there is a connection, so trying again loses nothing. */
  async #connect({ caller, exchange, deadline }: Passage): Promise<void> {
    const { upstreams, pool, replicas, clock } = this.modules;
    const { method, headers } = exchange.request;
    let giveUpAt: number | undefined;
    for (;;) {
      const upstream = await upstreams.of(caller, exchange.cancelled);
      const { rpcUrl, minBlock } = replicas.choose(caller.chain, upstream);
      const now = clock.now();
      giveUpAt ??= now + this.options.holdMs;
      const sent = endToEndHeaders(headers);
      sent[CLIENT_HEADER] = caller.client;
      if (minBlock !== undefined) sent[MIN_BLOCK_HEADER] = minBlock;
      if (deadline !== undefined) sent[DEADLINE_HEADER] = left(deadline, now);
      if (await exchange.open(pool.request(caller.chain, rpcUrl, { method, headers: sent })))
        return;
      if (exchange.cancelled.aborted || clock.now() >= giveUpAt) throw unavailable(caller.chain);
      if (rpcUrl === upstream.rpcUrl) await sleep(clock, RETRY_MS);
      else replicas.unreachable(caller.chain, rpcUrl);
    }
  }
}

function left(deadline: number, now: number): number {
  if (deadline > now) return deadline - now;
  throw tooLate();
}
