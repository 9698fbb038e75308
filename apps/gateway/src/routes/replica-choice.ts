import { BLOCK_HEADER } from '../proxy/headers.js';
import type { Upstream } from './upstreams.js';

/** A follower that could not be reached is passed over for so long, in milliseconds. */
const AVOID_MS = 1_000;

/** One process of a chain that several serve. */
interface Server {
  readonly rpcUrl: string;
  /** Requests that it has not answered yet. */
  inFlight: number;
  avoidUntil: number;
}

interface Shared {
  /** The newest block that any answer for the chain has spoken of; none before one has. */
  block?: number;
  turn: number;
  readonly servers: Map<string, Server>;
}

/** Where one request goes. */
export interface Choice {
  readonly rpcUrl: string;
  /** Of a chain that several processes serve: the block that the answer must know. */
  readonly minBlock?: number;
  readonly server?: Server;
}

/**
 * Spreads the requests of a chain over its producer and its caught-up followers: each goes where the fewest are under
 * way, so that none waits for a process that has used up its share of the processor while another one is idle. A
 * follower is told the newest block that anybody has seen through here, and answers from that block on: whoever has
 * seen a block, or the receipt in it, finds it again wherever the next request goes.
 */
export class ReplicaChoice {
  /** Of chains that have followers. */
  readonly #chains = new Map<string, Shared>();

  constructor(private readonly now: () => number) {}

  /** Whoever asks says so when the answer is over: `finished`. */
  choose(chain: string, { rpcUrl, replicas = [] }: Upstream): Choice {
    if (replicas.length === 0) {
      this.#chains.delete(chain);
      return { rpcUrl };
    }
    const shared = this.#shared(chain);
    const producer = serverOf(shared, rpcUrl);
    let server = producer;
    if (shared.block !== undefined) {
      const followers = replicas.map((replica) => serverOf(shared, replica.rpcUrl));
      const reachable = followers.filter(({ avoidUntil }) => avoidUntil <= this.now());
      server = leastBusy([...reachable, producer], shared.turn++);
    }
    server.inFlight++;
    forgetOthers(shared, rpcUrl, replicas);
    const minBlock = server === producer ? 0 : shared.block;
    return { rpcUrl: server.rpcUrl, minBlock, server };
  }

  finished({ server }: Choice): void {
    if (server !== undefined) server.inFlight--;
  }

  /** Nothing was sent: the next choice is another one. */
  unreachable({ server }: Choice): void {
    if (server !== undefined) server.avoidUntil = this.now() + AVOID_MS;
  }

  /** An answer's headers: they say which block it may speak of. */
  answered(chain: string, headers: Readonly<Record<string, unknown>>): void {
    const shared = this.#chains.get(chain);
    if (shared === undefined) return;
    const block = Number(headers[BLOCK_HEADER] ?? Number.NaN);
    if (block >= (shared.block ?? 0)) shared.block = block;
  }

  #shared(chain: string): Shared {
    let shared = this.#chains.get(chain);
    if (shared === undefined) {
      shared = { turn: 0, servers: new Map() };
      this.#chains.set(chain, shared);
    }
    return shared;
  }
}

function serverOf({ servers }: Shared, rpcUrl: string): Server {
  let server = servers.get(rpcUrl);
  if (server === undefined) {
    server = { rpcUrl, inFlight: 0, avoidUntil: 0 };
    servers.set(rpcUrl, server);
  }
  return server;
}

function forgetOthers({ servers }: Shared, producer: string, replicas: Upstream['replicas'] = []) {
  if (servers.size <= replicas.length + 1) return;
  const known = new Set([producer, ...replicas.map(({ rpcUrl }) => rpcUrl)]);
  for (const url of servers.keys()) if (!known.has(url)) servers.delete(url);
}

/** Of equals the one whose turn it is. */
function leastBusy(servers: readonly Server[], turn: number): Server {
  let least = servers[turn % servers.length];
  for (const server of servers) if (server.inFlight < least.inFlight) least = server;
  return least;
}
