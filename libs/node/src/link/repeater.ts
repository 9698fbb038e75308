import type { Clock } from '@flotilla/common';

export interface RepeaterOptions {
  readonly intervalMs: number;
  /** While there is nothing to do: how often it is looked at in any case. `wake` says that there is something. */
  readonly quiet?: { readonly intervalMs: number; readonly when: () => boolean };
  readonly run: () => void | Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Runs something again and again, each time so long after the last has ended; one at a time. */
export class Repeater {
  #cancel: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #stopped = true;
  /** The next run waits for the longer interval. */
  #isQuiet = false;

  constructor(
    private readonly options: RepeaterOptions,
    private readonly modules: { readonly clock: Clock },
  ) {}

  start(): void {
    this.#stopped = false;
    this.#schedule();
  }

  /** Something has happened: the next run is `intervalMs` away at most. */
  wake(): void {
    if (!this.#isQuiet) return;
    this.#cancel?.();
    this.#schedule();
  }

  /** Resolves when the run in progress, if any, has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#running;
  }

  #schedule(delayMs = this.options.intervalMs): void {
    this.#isQuiet = delayMs > this.options.intervalMs;
    if (this.#stopped) return;
    this.#cancel = this.modules.clock.after(delayMs, () => {
      this.#isQuiet = false;
      this.#running = this.#run();
    });
  }

  async #run(): Promise<void> {
    const { quiet, run, onError } = this.options;
    try {
      await run();
    } catch (error) {
      onError(error);
    } finally {
      this.#schedule(quiet?.when() ? quiet.intervalMs : undefined);
    }
  }
}
