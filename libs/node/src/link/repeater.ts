import type { Clock } from '@flotilla/common';

/** Runs something again and again, each time so long after the last has ended; one at a time. */
export class Repeater {
  #cancel: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #stopped = true;

  constructor(
    private readonly options: {
      readonly intervalMs: number;
      readonly run: () => void | Promise<void>;
      readonly onError: (error: unknown) => void;
    },
    private readonly modules: { readonly clock: Clock },
  ) {}

  start(): void {
    this.#stopped = false;
    this.#schedule();
  }

  /** Resolves when the run in progress, if any, has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#running;
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#cancel = this.modules.clock.after(this.options.intervalMs, () => {
      this.#running = this.#run();
    });
  }

  async #run(): Promise<void> {
    try {
      await this.options.run();
    } catch (error) {
      this.options.onError(error);
    } finally {
      this.#schedule();
    }
  }
}
