import type { Clock } from '@flotilla/common';
import type { ChainStore, StoredChain } from '@flotilla/persistence';
import type { ChainSignal } from './chain-signal.js';

const MISS_MS = 5_000;

/** Chains by name, in memory: what arrives over NATS every second must not ask PostgreSQL each time. */
export class ChainDirectory {
  readonly #byName = new Map<string, StoredChain>();
  readonly #missedAt = new Map<string, number>();

  constructor(
    readonly modules: {
      readonly chains: ChainStore;
      readonly signal: ChainSignal;
      readonly clock: Clock;
    },
  ) {
    modules.signal.on((chain) => this.#note(chain));
  }

  /** Fills the memory. @throws PersistenceError */
  async load(): Promise<void> {
    for (const chain of await this.modules.chains.active()) this.#note(chain);
  }

  /** Undefined when no chain that is not archived has the name. @throws PersistenceError */
  async find(name: string): Promise<StoredChain | undefined> {
    const known = this.#byName.get(name);
    if (known) return known;
    const now = this.modules.clock.now();
    if (now - (this.#missedAt.get(name) ?? Number.NEGATIVE_INFINITY) < MISS_MS) return undefined;
    const found = await this.modules.chains.findActiveByName(name);
    if (found) this.#note(found);
    else this.#missedAt.set(name, now);
    return found;
  }

  /** Only what is in memory. */
  peek(name: string): StoredChain | undefined {
    return this.#byName.get(name);
  }

  all(): StoredChain[] {
    return [...this.#byName.values()];
  }

  #note(chain: StoredChain): void {
    if (chain.archivedAt === null) this.#byName.set(chain.name, chain);
    else if (this.#byName.get(chain.name)?.id === chain.id) this.#byName.delete(chain.name);
    this.#missedAt.delete(chain.name);
  }
}
