import type { Clock } from '@flotilla/common';
import type { Chain } from '../chain/chain.js';

export interface StartGateOptions {
  /** Chains that start at the same time. */
  readonly atOnce: number;
  /** The same while more booted nodes than this wait for chains: who keeps so many wants crowds to come quickly. */
  readonly atOnceFromDeepPool: number;
  /** A chain that takes longer than this keeps no other waiting. */
  readonly holdMs: number;
}

export interface StartGateModules {
  readonly clock: Clock;
  /** Nodes that are booted and belong to no chain yet. */
  readonly warmNodes: () => number;
}

/**
 * A start stands back behind chains that serve, but where every core is busy they wait all the same: starts leave one
 * core alone.
 */
export function startGateOptions(cores: number): StartGateOptions {
  return { atOnce: Math.max(1, cores - 1), atOnceFromDeepPool: cores, holdMs: 3_000 };
}

/**
 * How many chains start at once: a start takes all the processor it can get, and many together leave little to each
 * other and to chains that serve. Tenants take turns, a tenant's chains go first come, first served; who waits is listed once.
 */
export class StartGate {
  /** When a chain that starts is waited for no longer, by key. */
  readonly #starting = new Map<string, number>();
  /** By tenant; the one whose turn is next comes first. */
  readonly #waiting = new Map<string, Set<string>>();
  #listener: (id: string) => void = () => {};

  constructor(
    readonly options: StartGateOptions,
    readonly modules: StartGateModules,
  ) {}

  /** Calls back with the key of a chain whose turn it is. */
  onTurn(listener: (id: string) => void): void {
    this.#listener = listener;
  }

  get waiting(): number {
    return [...this.#waiting.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Whether the chain may start now; else it is called when it may. Repeating is harmless. */
  enter({ id, tenant }: Pick<Chain, 'id' | 'tenant'>): boolean {
    const isNew = !this.#starting.has(id);
    if (isNew) this.#enqueue(id, tenant);
    this.#admit(id);
    return this.#starting.has(id);
  }

  /** It serves, or is not going to. */
  leave(id: string): void {
    this.#starting.delete(id);
    for (const [tenant, ids] of this.#waiting) {
      ids.delete(id);
      if (ids.size === 0) this.#waiting.delete(tenant);
    }
    this.#admit();
  }

  #enqueue(id: string, tenant: string): void {
    const ids = this.#waiting.get(tenant) ?? new Set();
    this.#waiting.set(tenant, ids.add(id));
  }

  #admit(asking?: string): void {
    const now = this.modules.clock.now();
    for (const [id, until] of this.#starting) {
      if (until <= now && id !== asking) this.#starting.delete(id);
    }
    while (this.#starting.size < this.#atOnce) {
      const next = this.#next();
      if (next === undefined) return;
      this.#starting.set(next, now + this.options.holdMs);
      if (next !== asking) this.#listener(next);
    }
  }

  get #atOnce(): number {
    const { atOnce, atOnceFromDeepPool } = this.options;
    return this.modules.warmNodes() > atOnceFromDeepPool ? atOnceFromDeepPool : atOnce;
  }

  #next(): string | undefined {
    for (const [tenant, ids] of this.#waiting) {
      const [id] = ids;
      ids.delete(id);
      this.#waiting.delete(tenant);
      if (ids.size > 0) this.#waiting.set(tenant, ids);
      return id;
    }
    return undefined;
  }
}
