import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { GARBAGE_ARGUMENT, setProcessNice } from '@flotilla/runtime-drivers';
import { repositoryRoot } from '../../../test/stack.js';

interface Request {
  readonly id: number;
  readonly command: string;
  readonly argument: unknown;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

type Handler = (argument: never) => unknown;

/** Called by a bench's side process: answers the parent's commands until the parent is gone. */
export function answerParent(handlers: Readonly<Record<string, Handler>>): void {
  process.on('message', async ({ id, command, argument }: Request) => {
    try {
      const result = await handlers[command](argument as never);
      process.send?.({ id, result } satisfies Answer);
    } catch (error) {
      process.send?.({ id, error: String(error instanceof Error ? error.stack : error) });
    }
  });
  process.on('disconnect', () => process.exit(0));
}

export interface SideProcessOptions {
  /** 19 gives way to everything else on the machine. */
  readonly niceness: number;
}

/** A process of its own for something that must not take the measuring client's time. */
export class SideProcess {
  #next = 0;
  readonly #waiting = new Map<number, (answer: Answer) => void>();

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (answer: Answer) => this.#settle(answer));
    // Told to whoever sends to it, too.
    child.on('error', () => {});
    child.once('exit', (code) => {
      for (const id of this.#waiting.keys()) this.#settle({ id, error: `exited with ${code}` });
    });
  }

  /** @param file name of a module of this folder */
  static start(file: string, { niceness }: SideProcessOptions): SideProcess {
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
      cwd: repositoryRoot,
      execArgv: [
        ...['--enable-source-maps', '--import', './scripts/typescript.mjs'],
        // A client takes one core at most: the others are the chains'.
        GARBAGE_ARGUMENT,
      ],
      serialization: 'advanced',
      // Its niceness is one among sessions.
      detached: true,
    });
    setProcessNice(child.pid!, niceness);
    return new SideProcess(child);
  }

  get pid(): number {
    return this.child.pid!;
  }

  call<Result = void>(command: string, argument?: unknown): Promise<Result> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) =>
        error === undefined ? resolve(result as Result) : reject(new Error(error)),
      );
      this.child.send({ id, command, argument } satisfies Request, (error) => {
        if (error !== null) this.#settle({ id, error: error.message });
      });
    });
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    if (child.connected) child.disconnect();
    await gone;
  }

  #settle(answer: Answer): void {
    this.#waiting.get(answer.id)?.(answer);
    this.#waiting.delete(answer.id);
  }
}
