import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { Clock, Logger } from '@flotilla/common';
import { openLog } from './log-file.js';
import { identifyProcess } from './process-identity.js';
import { type DetachedProcess, exitOf } from './spawn-detached.js';

export interface WarmPoolOptions {
  /** Nodes kept ready; 0 for none. */
  readonly size: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment of the nodes. */
  readonly environment: NodeJS.ProcessEnv;
  /** Where a node's output goes before it belongs to a chain. */
  readonly logFile: string;
  /** Makes a process stand back behind everybody who serves; whoever takes it brings it forward. */
  readonly background: (pid: number) => Promise<void>;
  /** Whether somebody waits for a chain that starts: nobody boots ahead meanwhile. */
  readonly isAwaited: () => boolean;
}

/** What a node is told that was started ahead. */
export interface Assignment {
  readonly folder: string;
  readonly logFile: string;
}

interface WarmNode {
  readonly child: ChildProcess;
  readonly process: DetachedProcess;
  state: 'booting' | 'ready' | 'taken';
}

/** A start or a wake is under way when a node is taken: its successor boots a little later. */
const REFILL_DELAY_MS = 200;
/** While others are left for who comes next, after the whole crowd. */
const CROWD_DELAY_MS = 1_000;
const FAILED_DELAY_MS = 5_000;

/**
 * Nodes that are booted and belong to no chain yet. One that was taken never comes back. They hold a pipe of ours and end
 * by themselves when it closes: none outlives its orchestrator unassigned.
 */
export class WarmPool {
  readonly #nodes = new Set<WarmNode>();
  #cancelRefill: (() => void) | undefined;
  #isStarting = false;
  #isClosed = false;

  constructor(
    readonly options: WarmPoolOptions,
    readonly modules: { readonly clock: Clock; readonly logger: Logger },
  ) {}

  start(): void {
    this.#refillAfter(0);
  }

  /** Booted, and still booting. */
  get counts(): { readonly ready: number; readonly starting: number } {
    const ready = [...this.#nodes].filter(({ state }) => state === 'ready').length;
    return { ready, starting: this.#nodes.size - ready };
  }

  /**
   * A node for a chain: one that is ready, else the one that has been booting for longest, which is still ahead of a new
   * one. Who takes it says next what it is for.
   */
  take(): TakenNode | undefined {
    const nodes = [...this.#nodes];
    const node = nodes.find(({ state }) => state === 'ready') ?? nodes[0];
    if (node === undefined) return undefined;
    this.#nodes.delete(node);
    node.state = 'taken';
    this.#refillAfter(this.counts.ready > 0 ? CROWD_DELAY_MS : REFILL_DELAY_MS);
    return new TakenNode(node);
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelRefill?.();
    for (const { child } of this.#nodes) child.stdin?.destroy();
  }

  #refillAfter(delayMs: number): void {
    if (this.#isClosed) return;
    this.#cancelRefill?.();
    this.#cancelRefill = this.modules.clock.after(delayMs, () => void this.#refill());
  }

  /** By one node; the next one follows, unless one was taken meanwhile. */
  async #refill(): Promise<void> {
    this.#cancelRefill = undefined;
    if (this.#isStarting || this.#nodes.size >= this.options.size) return;
    if (this.options.isAwaited()) return this.#refillAfter(REFILL_DELAY_MS);
    this.#isStarting = true;
    const isWell = await this.#startOne();
    this.#isStarting = false;
    if (this.#cancelRefill === undefined) this.#refillAfter(isWell ? 0 : FAILED_DELAY_MS);
  }

  /** Resolves when it is ready or taken, or with false when it ended before. */
  async #startOne(): Promise<boolean> {
    const { logger } = this.modules;
    try {
      const node = await this.#spawn();
      this.#nodes.add(node);
      void node.process.exited.then((exit) => {
        if (!this.#nodes.delete(node) || this.#isClosed) return;
        logger.warn('a warm node ended', { pid: node.process.pid, ...exit });
        this.#refillAfter(FAILED_DELAY_MS);
      });
      const ready = new Promise<boolean>((resolve) => {
        const signal = node.child.stdio[3] as Readable;
        signal.once('data', () => resolve(true));
        signal.once('error', () => resolve(false));
        signal.once('close', () => resolve(false));
        // Of one that ended while it changed its group the pipe has closed already.
        void node.process.exited.then(() => resolve(false));
      });
      if ((await ready) && node.state === 'booting') node.state = 'ready';
      return node.state !== 'booting';
    } catch (error) {
      logger.warn('no warm node', { error: String(error) });
      return false;
    }
  }

  async #spawn(): Promise<WarmNode> {
    const { command, args, cwd, environment: env, logFile } = this.options;
    const log = openLog(logFile);
    try {
      const stdio = ['pipe', log, log, 'pipe'] as const;
      const child = spawn(command, args, { cwd, env, detached: true, stdio: [...stdio] });
      const exited = exitOf(child);
      await new Promise<void>((resolve, reject) => {
        child.once('spawn', resolve);
        child.once('error', reject);
      });
      child.stdin?.on('error', () => {});
      child.unref();
      for (const pipe of [child.stdin, child.stdio[3]]) unref(pipe);
      const pid = child.pid as number;
      const identity = identifyProcess(pid) ?? { pid, startTime: 'ended' };
      await this.options.background(pid);
      return { child, process: { ...identity, exited }, state: 'booting' };
    } finally {
      closeSync(log);
    }
  }
}

/** A warm node on its way to a chain. */
export class TakenNode {
  constructor(readonly node: Pick<WarmNode, 'child' | 'process'>) {}

  get process(): DetachedProcess {
    return this.node.process;
  }

  /** From here on it is the chain's, and goes on without us. */
  assign(assignment: Assignment): void {
    const { child } = this.node;
    child.stdin?.end(`${JSON.stringify(assignment)}\n`);
    (child.stdio[3] as Readable).destroy();
  }
}

/** An open pipe alone keeps nobody running. */
function unref(pipe: Readable | Writable | null | undefined): void {
  (pipe as { unref?: () => void } | null | undefined)?.unref?.();
}
