/** Where a command's words go; tests give their own. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Somebody is watching standard error, so that a moving line is welcome. */
  readonly interactive: boolean;
}

export const processTerminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  get interactive() {
    return process.stderr.isTTY === true;
  },
};

const CLEAR_LINE = '\r\u001b[K';

/** What goes on meanwhile, on standard error: a moving line for people, a line a step for logs. */
export class Progress {
  readonly #startedAt: number;

  constructor(
    private readonly terminal: Terminal,
    private readonly enabled: boolean,
    private readonly now: () => number = Date.now,
  ) {
    this.#startedAt = now();
  }

  get elapsedSeconds(): string {
    return ((this.now() - this.#startedAt) / 1_000).toFixed(1);
  }

  step(text: string): void {
    if (!this.enabled) return;
    const line = `${text} (${this.elapsedSeconds} s)`;
    this.terminal.err(this.terminal.interactive ? `${CLEAR_LINE}${line}` : `${line}\n`);
  }

  done(): void {
    if (this.enabled && this.terminal.interactive) this.terminal.err(CLEAR_LINE);
  }
}
