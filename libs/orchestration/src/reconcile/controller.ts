import type { Clock, Logger } from '@flotilla/common';
import type { ChainRepository } from '../ports.js';
import type { InstanceSpec, RuntimeDriver } from '../runtime/runtime-driver.js';
import type { Reconciler } from './reconciler.js';
import { WorkQueue, type WorkQueueOptions } from './work-queue.js';

export interface ControllerOptions extends WorkQueueOptions {
  /** Every chain that is not asleep is looked at at least this often, in milliseconds, whatever was missed. */
  readonly sweepMs: number;
  /** Chains that are soundly asleep are looked at in one of so many sweeps. */
  readonly sweepsPerSleeper: number;
}

export const DEFAULT_CONTROLLER_OPTIONS: ControllerOptions = {
  concurrency: 8,
  backOff: { firstMs: 200, maxMs: 5_000 },
  sweepMs: 10_000,
  sweepsPerSleeper: 60,
};

export interface ControllerModules {
  readonly reconciler: Reconciler;
  readonly chains: ChainRepository;
  readonly driver: RuntimeDriver;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The instances that should be there, to be adopted at start. */
  readonly instances: () => Promise<readonly InstanceSpec[]>;
  /** The key of the chain that has this name now. */
  readonly idOf: (name: string) => Promise<string | undefined>;
  /** Told how many milliseconds each look at a chain took, however it ended. */
  readonly onReconciled?: (tookMs: number) => void;
}

/** Feeds the reconciler: at start, on request, when an instance dies, and by a sweep that needs no event. */
export class Controller {
  readonly #queue: WorkQueue;
  #cancelSweep: () => void = () => {};
  #unsubscribe: () => void = () => {};
  #closed = false;
  #sweeps = 0;

  constructor(
    readonly options: ControllerOptions,
    readonly modules: ControllerModules,
  ) {
    this.#queue = new WorkQueue(options, {
      clock: modules.clock,
      work: (key) => this.#reconcile(key),
      onError: (key, error, retryInMs) =>
        modules.logger.warn('reconcile failed, will retry', {
          key,
          retryInMs,
          code: (error as { code?: unknown })?.code,
          error: error instanceof Error ? error.message : String(error),
        }),
    });
  }

  /** Re-adopts what runs, then looks at every chain. Retries until the database and the driver answer. */
  async start(): Promise<void> {
    const { driver } = this.modules;
    const look = (chain: string) => void this.enqueueByName(chain);
    const stops = [driver.onExit(({ chain }) => look(chain)), driver.onServing(look)];
    this.#unsubscribe = () => {
      for (const stop of stops) stop();
    };
    await this.#recover();
    await this.#sweep();
  }

  enqueue(id: string): void {
    this.#queue.add(id);
  }

  async #reconcile(key: string) {
    const { clock, onReconciled, reconciler } = this.modules;
    const startedAt = clock.now();
    try {
      return await reconciler.reconcile(key);
    } finally {
      onReconciled?.(clock.now() - startedAt);
    }
  }

  get depth(): { readonly ready: number; readonly running: number } {
    return this.#queue.depth;
  }

  async enqueueByName(name: string): Promise<void> {
    try {
      const id = await this.modules.idOf(name);
      if (id) this.enqueue(id);
    } catch (error) {
      this.modules.logger.warn('could not look up a chain', { chain: name, error: String(error) });
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelSweep();
    this.#unsubscribe();
    await this.#queue.close();
  }

  async #recover(): Promise<void> {
    const { driver, instances, logger } = this.modules;
    for (let attempt = 1; !this.#closed; attempt++) {
      try {
        const found = await driver.recover(await instances());
        const alive = found.filter((s) => s.state === 'running' || s.state === 'starting');
        if (found.length > 0) logger.info('adopted chains', { alive: alive.length });
        return;
      } catch (error) {
        logger.warn('could not recover instances yet', { attempt, error: String(error) });
        await new Promise<void>((resolve) => this.modules.clock.after(500, resolve));
      }
    }
  }

  async #sweep(): Promise<void> {
    try {
      const of = this.options.sweepsPerSleeper;
      const sleepers = { part: this.#sweeps++ % of, of };
      for (const id of await this.modules.chains.activeIds(sleepers)) this.#queue.add(id);
    } catch (error) {
      this.modules.logger.warn('sweep failed, will retry', { error: String(error) });
    }
    if (this.#closed) return;
    this.#cancelSweep = this.modules.clock.after(this.options.sweepMs, () => void this.#sweep());
  }
}
