import type { Clock } from '@flotilla/common';
import type { Route } from '@flotilla/messaging';

const GONE = new Set(['Archived', 'Draining']);

/** Where each chain answers. Fed by the control plane and by heartbeats; reads never wait for either. */
export class RouteTable {
  readonly #routes = new Map<string, Route>();
  readonly #watchers = new Map<string, Set<() => void>>();
  #askAgain: () => Promise<void> = async () => {};
  #onTakeover: (chain: string) => void = () => {};

  constructor(
    private readonly clock: Clock,
    /** Routes that do not come from the control plane: the root's. */
    private readonly fixed: readonly Route[] = [],
  ) {
    this.replaceAll([]);
  }

  get size(): number {
    return this.#routes.size;
  }

  has(name: string): boolean {
    return this.#routes.has(name);
  }

  list(): Route[] {
    return [...this.#routes.values()];
  }

  get(name: string): Route | undefined {
    return this.#routes.get(name);
  }

  /** As `get`; a chain that is not known may have been created a moment ago, so that the control plane is asked once. */
  async lookUp(name: string): Promise<Route | undefined> {
    if (!this.#routes.has(name)) await this.#askAgain();
    return this.#routes.get(name);
  }

  set(route: Route): void {
    if (GONE.has(route.phase)) this.#routes.delete(route.name);
    else if (!this.#isDeposed(route)) this.#replace(route);
    this.#tell(route.name);
  }

  /** The control plane's whole list: what it does not name is forgotten. */
  replaceAll(routes: readonly Route[]): void {
    const known = [...this.#routes.keys()];
    const named = new Set([...routes, ...this.fixed].map(({ name }) => name));
    for (const name of known) if (!named.has(name)) this.#routes.delete(name);
    for (const route of [...routes, ...this.fixed]) this.set(route);
    for (const name of known) if (!this.#routes.has(name)) this.#tell(name);
  }

  /** Calls back with a chain whose right to produce has gone on to another instance. */
  onTakeover(listener: (chain: string) => void): void {
    this.#onTakeover = listener;
  }

  /** What a request for an unknown chain waits for once. */
  onMiss(askAgain: () => Promise<void>): void {
    this.#askAgain = askAgain;
  }

  /** A heartbeat tells the address even while the control plane is gone. True if it was news. */
  moved(
    name: string,
    upstream: Pick<Required<Route>, 'rpcUrl' | 'wsUrl'> & Pick<Route, 'epoch'>,
  ): boolean {
    const route = this.#routes.get(name);
    if (route === undefined || route.rpcUrl === upstream.rpcUrl) return false;
    if ((upstream.epoch ?? 0) < (route.epoch ?? 0)) return false;
    this.set({ ...route, rpcUrl: upstream.rpcUrl, wsUrl: upstream.wsUrl });
    return true;
  }

  /** Resolves when something was said of that chain, when `cancelled` is, and at the latest after `maxMs`. */
  changed(name: string, maxMs: number, cancelled?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const watchers = this.#watchers.get(name) ?? new Set();
      this.#watchers.set(name, watchers);
      const settle = () => {
        stopTimer();
        cancelled?.removeEventListener('abort', settle);
        watchers.delete(settle);
        if (watchers.size === 0) this.#watchers.delete(name);
        resolve();
      };
      const stopTimer = this.clock.after(maxMs, settle);
      cancelled?.addEventListener('abort', settle, { once: true });
      watchers.add(settle);
      if (cancelled?.aborted) settle();
    });
  }

  /** Whether the chain's right to produce has gone on to somebody else since this was written. */
  #isDeposed({ name, chainId, epoch = 0 }: Route): boolean {
    const known = this.#routes.get(name);
    return known?.chainId === chainId && epoch < (known.epoch ?? 0);
  }

  #replace(route: Route): void {
    const { chainId, epoch = 0 } = this.#routes.get(route.name) ?? {};
    this.#routes.set(route.name, route);
    if (chainId === route.chainId && epoch > 0 && (route.epoch ?? 0) > epoch) {
      this.#onTakeover(route.name);
    }
  }

  #tell(name: string): void {
    for (const settle of [...(this.#watchers.get(name) ?? [])]) settle();
  }
}
