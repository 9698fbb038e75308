import type { Clock, Logger } from '@flotilla/common';
import type { Blockchain } from '../blockchain.js';
import type { SealingConfig } from '../config.js';

export interface SealerModules {
  readonly chain: Pick<Blockchain, 'events' | 'pendingWork' | 'sealBlock'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** After a failed attempt, in milliseconds. */
const RETRY_MS = 1000;

/** Decides when the chain seals its next block; what arrives while one is sealed goes into the next. */
export class Sealer {
  readonly #options: SealingConfig;
  readonly #modules: SealerModules;
  #unsubscribe: (() => void) | undefined;
  #cancelTimer: (() => void) | undefined;
  #sealing: Promise<void> | undefined;

  constructor(options: SealingConfig, modules: SealerModules) {
    this.#options = options;
    this.#modules = modules;
  }

  start(): void {
    if (this.#unsubscribe !== undefined) return;
    const onWork = this.#options.mode === 'instant' ? () => this.#schedule(0) : () => {};
    this.#unsubscribe = this.#modules.chain.events.on('work', onWork);
    this.#schedule(this.#options.mode === 'instant' ? 0 : this.#options.intervalMs);
  }

  /** Resolves when no block is being sealed any more. */
  async stop(): Promise<void> {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    await this.#sealing;
  }

  /** One attempt is scheduled at a time, and none while one is under way: it looks again when it ends. */
  #schedule(delayMs: number): void {
    if (this.#unsubscribe === undefined || this.#sealing !== undefined) return;
    this.#cancelTimer?.();
    this.#cancelTimer = this.#modules.clock.after(delayMs, () => {
      this.#cancelTimer = undefined;
      const startedAt = this.#modules.clock.now();
      this.#sealing = this.#attempt().then((isDone) => {
        // Looked at only now: what arrived while `#sealing` was set has been passed over.
        this.#sealing = undefined;
        const nextDelayMs = isDone ? this.#nextDelay(startedAt) : RETRY_MS;
        if (nextDelayMs !== undefined) this.#schedule(nextDelayMs);
      });
    });
  }

  /** Seals if the mode wants it. False after a failure. */
  async #attempt(): Promise<boolean> {
    const { chain, logger } = this.#modules;
    const work = chain.pendingWork();
    // An underpriced transaction needs empty blocks, by which the base fee falls.
    const allowEmpty = this.#options.mode === 'interval' || work === 'underpriced';
    try {
      if (work !== 'none' || allowEmpty) await chain.sealBlock({ allowEmpty });
      return true;
    } catch (error) {
      logger.error('sealing failed', { error });
      return false;
    }
  }

  /** When to look again; undefined for at the next arrival. */
  #nextDelay(startedAt: number): number | undefined {
    const { chain, clock } = this.#modules;
    const { mode, intervalMs } = this.#options;
    if (mode !== 'instant') return Math.max(0, intervalMs - (clock.now() - startedAt));
    const left = chain.pendingWork();
    if (left === 'none') return undefined;
    return left === 'ready' ? 0 : Math.max(1, intervalMs);
  }
}
