import type { Clock } from '@flotilla/common';
import { type BackOffOptions, backOffMs } from './back-off.js';

export interface WorkQueueOptions {
  /** Keys worked on at the same time. */
  readonly concurrency: number;
  readonly backOff: BackOffOptions;
}

export interface WorkQueueModules {
  readonly clock: Clock;
  /** Brings one key forward; resolves with the delay after which to look again, if any. */
  readonly work: (key: string) => Promise<{ readonly requeueAfterMs?: number }>;
  readonly onError: (key: string, error: unknown, retryInMs: number) => void;
}

interface KeyState {
  failures: number;
  dueAt: number;
  cancelTimer?: () => void;
}

/**
 * The work queue of a level-based controller: keys, never events. One key is worked on by one
 * worker at a time; a key added meanwhile runs once more afterwards; a failing key backs off alone
 * and delays no other.
 */
export class WorkQueue {
  readonly #ready = new Set<string>();
  readonly #running = new Set<string>();
  readonly #dirty = new Set<string>();
  readonly #states = new Map<string, KeyState>();
  #idleWaiters: (() => void)[] = [];
  #closed = false;

  constructor(
    readonly options: WorkQueueOptions,
    readonly modules: WorkQueueModules,
  ) {}

  /** Works on the key as soon as a worker is free; an earlier wait for it is cut short. */
  add(key: string): void {
    if (this.#closed) return;
    this.#cancelTimer(key);
    if (this.#running.has(key)) {
      this.#dirty.add(key);
      return;
    }
    this.#ready.add(key);
    this.#dispatch();
  }

  /** Works on the key after the delay, or earlier if it is added or already due earlier. */
  addAfter(key: string, delayMs: number): void {
    if (this.#closed || this.#ready.has(key)) return;
    const state = this.#state(key);
    const dueAt = this.modules.clock.now() + delayMs;
    if (state.cancelTimer && state.dueAt <= dueAt) return;
    this.#cancelTimer(key);
    state.dueAt = dueAt;
    state.cancelTimer = this.modules.clock.after(delayMs, () => {
      state.cancelTimer = undefined;
      this.add(key);
    });
  }

  /** Takes no more work and resolves when what is under way has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#ready.clear();
    this.#dirty.clear();
    for (const key of this.#states.keys()) this.#cancelTimer(key);
    if (this.#running.size > 0) {
      await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
    }
  }

  get depth(): { readonly ready: number; readonly running: number } {
    return { ready: this.#ready.size, running: this.#running.size };
  }

  #state(key: string): KeyState {
    let state = this.#states.get(key);
    if (!state) {
      state = { failures: 0, dueAt: 0 };
      this.#states.set(key, state);
    }
    return state;
  }

  #cancelTimer(key: string): void {
    const state = this.#states.get(key);
    state?.cancelTimer?.();
    if (state) state.cancelTimer = undefined;
  }

  #dispatch(): void {
    for (const key of this.#ready) {
      if (this.#running.size >= this.options.concurrency) return;
      this.#ready.delete(key);
      this.#running.add(key);
      void this.#run(key);
    }
  }

  async #run(key: string): Promise<void> {
    let again: number | undefined;
    try {
      again = (await this.modules.work(key)).requeueAfterMs;
      this.#state(key).failures = 0;
    } catch (error) {
      const state = this.#state(key);
      state.failures += 1;
      again = backOffMs(state.failures, this.options.backOff);
      this.modules.onError(key, error, again);
    }
    this.#finish(key, again);
  }

  #finish(key: string, requeueAfterMs: number | undefined): void {
    this.#running.delete(key);
    if (this.#dirty.delete(key)) this.add(key);
    else if (requeueAfterMs !== undefined) this.addAfter(key, requeueAfterMs);
    else this.#states.delete(key);
    this.#dispatch();
    if (this.#running.size === 0) {
      for (const resolve of this.#idleWaiters.splice(0)) resolve();
    }
  }
}
