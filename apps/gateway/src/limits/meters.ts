import type { Clock } from '@flotilla/common';
import type { Route } from '@flotilla/messaging';
import { ChainMeter } from './chain-meter.js';
import { DEFAULT_LIMITS, STRAY_LIMITS } from './default-limits.js';

/** What each chain may have, and has. */
export class Meters {
  /** A route that is gone takes its meter along. */
  readonly #meters = new Map<string, ChainMeter>();
  readonly #strays: ChainMeter;

  constructor(private readonly modules: { readonly clock: Clock }) {
    this.#strays = new ChainMeter(STRAY_LIMITS, modules.clock.now());
  }

  /**
   * The limits are looked at each time, so that a change of the route takes effect with the next request. All names
   * that no chain has share one meter.
   */
  of(chain: string, route: Route | undefined): ChainMeter {
    if (route === undefined) return this.#strays;
    const limits = route.limits ?? DEFAULT_LIMITS;
    const known = this.#meters.get(chain);
    if (known === undefined) {
      const meter = new ChainMeter(limits, this.modules.clock.now());
      this.#meters.set(chain, meter);
      return meter;
    }
    if (known.limits !== limits) known.resize(limits, this.modules.clock.now());
    return known;
  }

  /** Forgets all chains but those. */
  keep(chains: { has(name: string): boolean }): void {
    for (const chain of this.#meters.keys()) if (!chains.has(chain)) this.#meters.delete(chain);
  }
}
