import { type Clock, sleep } from '@flotilla/common';
import type { Route } from '@flotilla/messaging';
import { GatewayError, GatewayErrorCode } from '../errors.js';

/** Phases in which the chain is on its way: a request waits for it and is not refused. */
const ARRIVING = new Set(['Requested', 'Provisioning', 'Running']);
const GONE = new Set(['Archived', 'Draining']);
const POLL_MS = 50;

export interface Upstream {
  readonly rpcUrl: string;
  readonly wsUrl: string;
}

/** Where each chain answers. Fed by the control plane and by heartbeats; reads never wait for either. */
export class RouteTable {
  readonly #routes = new Map<string, Route>();
  #askAgain: () => Promise<void> = async () => {};

  constructor(
    /** How long a request waits for a chain that is starting, in milliseconds. */
    private readonly holdMs: number,
    private readonly clock: Clock,
    /** Routes that do not come from the control plane: the root's. */
    private readonly fixed: readonly Route[] = [],
  ) {
    this.replaceAll([]);
  }

  get size(): number {
    return this.#routes.size;
  }

  list(): Route[] {
    return [...this.#routes.values()];
  }

  set(route: Route): void {
    if (GONE.has(route.phase)) this.#routes.delete(route.name);
    else this.#routes.set(route.name, route);
  }

  /** The control plane's whole list: what it does not name is forgotten. */
  replaceAll(routes: readonly Route[]): void {
    this.#routes.clear();
    for (const route of [...routes, ...this.fixed]) this.set(route);
  }

  /** What a request for an unknown chain waits for once: it may have been created a moment ago. */
  onMiss(askAgain: () => Promise<void>): void {
    this.#askAgain = askAgain;
  }

  /** A heartbeat tells the address even while the control plane is gone. True if it was news. */
  moved(name: string, upstream: Upstream): boolean {
    const route = this.#routes.get(name);
    if (route === undefined || route.rpcUrl === upstream.rpcUrl) return false;
    this.#routes.set(name, { ...route, rpcUrl: upstream.rpcUrl, wsUrl: upstream.wsUrl });
    return true;
  }

  /**
   * Waits for a chain that is on its way.
   * @throws GatewayError `UNKNOWN_CHAIN`, `CHAIN_PAUSED`, `CHAIN_UNAVAILABLE` (retryable)
   */
  async upstream(name: string, cancelled: AbortSignal): Promise<Upstream> {
    const deadline = this.clock.now() + this.holdMs;
    if (!this.#routes.has(name)) await this.#askAgain();
    for (;;) {
      const upstream = this.#current(name);
      if (upstream !== undefined) return upstream;
      if (cancelled.aborted || this.clock.now() >= deadline) throw unavailable(name);
      await sleep(this.clock, POLL_MS);
    }
  }

  #current(name: string): Upstream | undefined {
    const route = this.#routes.get(name);
    if (route === undefined) {
      throw new GatewayError(GatewayErrorCode.UnknownChain, `unknown chain: ${name}`);
    }
    if (route.phase === 'Paused') {
      throw new GatewayError(GatewayErrorCode.ChainPaused, `chain ${name} is paused`);
    }
    if (!ARRIVING.has(route.phase)) throw unavailable(name);
    if (route.rpcUrl === undefined || route.wsUrl === undefined) return undefined;
    return { rpcUrl: route.rpcUrl, wsUrl: route.wsUrl };
  }
}

export function unavailable(name: string): GatewayError {
  return new GatewayError(
    GatewayErrorCode.ChainUnavailable,
    `chain ${name} does not answer right now, try again`,
    { retryable: true },
  );
}
