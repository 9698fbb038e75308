import { setMaxListeners } from 'node:events';
import { type Clock, type Logger, sleep, TokenBucket } from '@flotilla/common';
import { overLimit, unavailable } from '../errors.js';
import type { Caller } from '../routes/caller.js';
import type { RouteTable } from '../routes/route-table.js';

export interface WakerOptions {
  /** How long what wakes a chain, or asks one that starts, is held. */
  readonly holdMs: number;
  /** Requests that wait for one sleeping chain, and for all of them. */
  readonly maxHeldPerChain: number;
  readonly maxHeld: number;
  /** Chains that one client may wake per minute; a sixth of them at once. */
  readonly wakesPerMinute: number;
}

export const WAKER_DEFAULTS: WakerOptions = {
  holdMs: 30_000,
  maxHeldPerChain: 256,
  maxHeld: 4_096,
  wakesPerMinute: 60,
};

export interface WakerModules {
  readonly routes: RouteTable;
  /** Asks the control plane; rejects when it doesn't answer, or refuses. */
  readonly ask: (chain: string) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: {
    woken(chain: string): void;
    held(chain: string, change: 1 | -1): void;
  };
}

/** While the control plane is silent. */
const RETRY_MS = 500;
/** Clients whose budget is remembered. */
const MAX_BUDGETS = 10_000;

/** Wakes sleeping chains: each once, however many ask for it, and no more of them than a client's budget allows. */
export class Waker {
  readonly #waking = new Map<string, { held: number }>();
  readonly #budgets = new Map<string, TokenBucket>();
  readonly #closing = new AbortController();
  #held = 0;

  constructor(
    private readonly options: WakerOptions,
    private readonly modules: WakerModules,
  ) {
    // Every chain that is being woken listens.
    setMaxListeners(0, this.#closing.signal);
  }

  /**
   * Resolves when the chain sleeps no longer.
   * @throws GatewayError `WAKE_BUDGET`, `LIMIT_EXCEEDED` when too many wait, `CHAIN_UNAVAILABLE`
   */
  async wake({ chain, client }: Caller, cancelled: AbortSignal): Promise<void> {
    const { maxHeld, maxHeldPerChain, holdMs } = this.options;
    const { metrics, routes, clock } = this.modules;
    const waking = this.#waking.get(chain) ?? this.#begin(chain, client);
    if (this.#held >= maxHeld || waking.held >= maxHeldPerChain) {
      throw overLimit({ limit: 'held', retryAfterMs: 1_000 });
    }
    this.#held++;
    waking.held++;
    metrics.held(chain, 1);
    try {
      const deadline = clock.now() + holdMs;
      while (routes.get(chain)?.phase === 'Sleeping') {
        if (cancelled.aborted || clock.now() >= deadline) throw unavailable(chain);
        await routes.changed(chain, deadline - clock.now(), cancelled);
      }
    } finally {
      this.#held--;
      waking.held--;
      metrics.held(chain, -1);
    }
  }

  /** Chains that were asked for and have not come are waited for no longer. */
  close(): void {
    this.#closing.abort();
  }

  /** @throws GatewayError `WAKE_BUDGET` */
  #begin(chain: string, client: string) {
    const retryAfterMs = this.#budget(client).take(this.modules.clock.now());
    if (retryAfterMs > 0) throw overLimit({ limit: 'wakes', retryAfterMs });
    this.modules.metrics.woken(chain);
    const waking = { held: 0 };
    this.#waking.set(chain, waking);
    void this.#askUntilAwake(chain).finally(() => this.#waking.delete(chain));
    return waking;
  }

  async #askUntilAwake(chain: string): Promise<void> {
    const { routes, ask, clock, logger } = this.modules;
    const deadline = clock.now() + this.options.holdMs;
    const { signal } = this.#closing;
    const isWanted = () => routes.get(chain)?.phase === 'Sleeping' && !signal.aborted;
    while (isWanted() && clock.now() < deadline) {
      try {
        await ask(chain);
        // It may have come before the answer did: the next change is then that it falls asleep again.
        if (isWanted()) await routes.changed(chain, deadline - clock.now(), signal);
      } catch (error) {
        logger.warn('sleeping chain not woken', { chain, error: String(error) });
        await sleep(clock, RETRY_MS);
      }
    }
  }

  #budget(client: string): TokenBucket {
    const { wakesPerMinute } = this.options;
    const known = this.#budgets.get(client);
    this.#budgets.delete(client);
    const budget =
      known ??
      new TokenBucket(
        wakesPerMinute / 60,
        Math.max(1, wakesPerMinute / 6),
        this.modules.clock.now(),
      );
    this.#budgets.set(client, budget);
    if (this.#budgets.size > MAX_BUDGETS) {
      const [oldest] = this.#budgets.keys();
      this.#budgets.delete(oldest);
    }
    return budget;
  }
}
