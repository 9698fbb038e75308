import type { Clock, Logger } from '@flotilla/common';
import type { Blockchain } from '../blockchain.js';
import type { SealingConfig } from '../config.js';
import { ChainError, ChainErrorCode } from '../errors.js';

export interface SealerModules {
  readonly chain: Pick<Blockchain, 'events' | 'pendingWork' | 'sealBlock'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** After a failed attempt, in milliseconds. */
const RETRY_MS = 1000;

interface Interval {
  readonly ms: number;
  /** Whether a block is made without work, too. */
  readonly isEmptyAllowed: boolean;
}

/**
 * Decides when the chain seals its next block; what arrives while one is sealed goes into the next. The chain's settings
 * say when; a development chain's users may change it until they change, or until the next restart.
 */
export class Sealer {
  readonly #modules: SealerModules;
  /** How long an underpriced transaction waits for the next empty block, by which the base fee falls. */
  #feeStepMs = 0;
  /** Seal as soon as there is work. */
  #automine = false;
  #interval: Interval | undefined;
  /** When the interval's next block is due. */
  #dueAt = 0;
  #isRunning = false;
  #unsubscribe: (() => void) | undefined;
  #cancelTimer: (() => void) | undefined;
  #sealing: Promise<void> | undefined;

  #configured: SealingConfig | undefined;

  constructor(sealing: SealingConfig, modules: SealerModules) {
    this.#modules = modules;
    this.configure(sealing);
  }

  /** From now on; the same as before leaves everything as it is. */
  configure(sealing: SealingConfig): void {
    const { mode, intervalMs } = sealing;
    const before = this.#configured;
    if (before?.mode === mode && before.intervalMs === intervalMs) return;
    this.#configured = sealing;
    this.#feeStepMs = intervalMs;
    this.#automine = mode === 'instant';
    this.#interval =
      mode === 'instant' ? undefined : { ms: intervalMs, isEmptyAllowed: mode === 'interval' };
    this.#follow();
  }

  get automine(): boolean {
    return this.#automine;
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#follow();
  }

  /** Resolves when no block is being sealed any more. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#follow();
    await this.#sealing;
  }

  /** Whether a block is made as soon as there is work; the interval goes on beside it. */
  setAutomine(isOn: boolean): void {
    this.#automine = isOn;
    this.#follow();
  }

  /** Blocks every so many milliseconds, empty ones too; 0 ends that. */
  setInterval(ms: number): void {
    this.#interval = ms === 0 ? undefined : { ms, isEmptyAllowed: true };
    this.#follow();
  }

  /** Starts afresh with what is set now. */
  #follow(): void {
    const { chain, clock } = this.#modules;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (!this.#isRunning) return;
    if (this.#automine) this.#unsubscribe = chain.events.on('work', () => this.#schedule(0));
    this.#dueAt = clock.now() + (this.#interval?.ms ?? 0);
    const delayMs = this.#automine ? 0 : this.#interval?.ms;
    if (delayMs !== undefined) this.#schedule(delayMs);
  }

  /** One attempt is scheduled at a time, and none while one is under way: it looks again when it ends. */
  #schedule(delayMs: number): void {
    if (!this.#isRunning || this.#sealing !== undefined) return;
    this.#cancelTimer?.();
    this.#cancelTimer = this.#modules.clock.after(delayMs, () => {
      this.#cancelTimer = undefined;
      this.#sealing = this.#attempt().then((isDone) => {
        // Looked at only now: what arrived while `#sealing` was set has been passed over.
        this.#sealing = undefined;
        const nextDelayMs = isDone ? this.#nextDelay() : RETRY_MS;
        if (nextDelayMs !== undefined) this.#schedule(nextDelayMs);
      });
    });
  }

  /** Seals if there is a reason to. False after a failure. */
  async #attempt(): Promise<boolean> {
    const { chain, clock, logger } = this.#modules;
    const startedAt = clock.now();
    const tick = startedAt >= this.#dueAt ? this.#interval : undefined;
    if (tick !== undefined) this.#dueAt = slotAfter(startedAt, this.#dueAt, tick.ms);
    const work = this.#automine || tick !== undefined ? chain.pendingWork() : 'none';
    // An underpriced transaction needs empty blocks, by which the base fee falls.
    const allowEmpty = tick?.isEmptyAllowed === true || work === 'underpriced';
    try {
      if (work !== 'none' || allowEmpty) await chain.sealBlock({ allowEmpty });
      return true;
    } catch (error) {
      // Whoever guards the disk has said so, once.
      if (!isDiskFull(error)) logger.error('sealing failed', { error });
      return false;
    }
  }

  /** When to look again; undefined for at the next arrival. */
  #nextDelay(): number | undefined {
    const { chain, clock } = this.#modules;
    const left = this.#automine ? chain.pendingWork() : 'none';
    if (left === 'ready') return 0;
    const delays: number[] = [];
    if (left === 'underpriced') delays.push(Math.max(1, this.#feeStepMs));
    if (this.#interval !== undefined) delays.push(Math.max(0, this.#dueAt - clock.now()));
    return delays.length === 0 ? undefined : Math.min(...delays);
  }
}

/** A block that is late leaves the next one's slot where it was; slots that have passed altogether are not made up for. */
function slotAfter(now: number, dueAt: number, intervalMs: number): number {
  return now + intervalMs - ((now - dueAt) % intervalMs);
}

function isDiskFull(error: unknown): boolean {
  return error instanceof ChainError && error.code === ChainErrorCode.DiskFull;
}
