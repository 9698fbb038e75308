import { BLOCK_HEADER } from '../proxy/headers.js';
import type { Upstream } from './upstreams.js';

/** A follower that could not be reached is passed over for so long, in milliseconds. */
const AVOID_MS = 1_000;

interface Shared {
  /** The newest block that any answer for the chain has spoken of; 0 before one has. */
  block: number;
  turn: number;
  readonly avoidUntil: Map<string, number>;
}

/** Where one request goes. */
export interface Choice {
  readonly rpcUrl: string;
  /** Of a chain that several processes serve: the block that the answer must know. */
  readonly minBlock?: number;
}

/**
 * Spreads the requests of a chain over its producer and its caught-up followers, in turn. A follower is told the
 * newest block that anybody has seen through here, and answers from that block on: whoever has seen a block, or the
 * receipt in it, finds it again wherever the next request goes.
 */
export class ReplicaChoice {
  /** Of chains that have followers. */
  readonly #chains = new Map<string, Shared>();

  constructor(private readonly now: () => number) {}

  choose(chain: string, { rpcUrl, replicas = [] }: Upstream): Choice {
    if (replicas.length === 0) {
      this.#chains.delete(chain);
      return { rpcUrl };
    }
    const { block, avoidUntil } = this.#shared(chain);
    if (block === 0) return { rpcUrl, minBlock: 0 };
    for (let tries = 0; tries <= replicas.length; tries++) {
      const turn = this.#shared(chain).turn++ % (replicas.length + 1);
      if (turn === replicas.length) break;
      const replica = replicas[turn].rpcUrl;
      if ((avoidUntil.get(replica) ?? 0) > this.now()) continue;
      return { rpcUrl: replica, minBlock: block };
    }
    return { rpcUrl, minBlock: 0 };
  }

  /** Nothing was sent: the next choice is another one. */
  unreachable(chain: string, rpcUrl: string): void {
    const avoidUntil = this.#chains.get(chain)?.avoidUntil;
    if (avoidUntil === undefined) return;
    for (const [url, until] of avoidUntil) if (until <= this.now()) avoidUntil.delete(url);
    avoidUntil.set(rpcUrl, this.now() + AVOID_MS);
  }

  /** An answer's headers: they say which block it may speak of. */
  answered(chain: string, headers: Readonly<Record<string, unknown>>): void {
    const shared = this.#chains.get(chain);
    if (shared === undefined) return;
    const block = Number(headers[BLOCK_HEADER]);
    if (block > shared.block) shared.block = block;
  }

  #shared(chain: string): Shared {
    let shared = this.#chains.get(chain);
    if (shared === undefined) {
      shared = { block: 0, turn: 0, avoidUntil: new Map() };
      this.#chains.set(chain, shared);
    }
    return shared;
  }
}
