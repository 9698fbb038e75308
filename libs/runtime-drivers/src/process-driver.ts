import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Clock, type Logger, sleep } from '@flotilla/common';
import type {
  DriverFingerprint,
  InstanceSpec,
  InstanceStatus,
  InstanceUsage,
  LogOptions,
  RuntimeDriver,
  StartOptions,
  StopOptions,
} from '@flotilla/orchestration';
import type { GroupsFound } from './cgroup/detect-groups.js';
import { InstanceGroups } from './cgroup/instance-groups.js';
import {
  aliveInstances,
  loadProcessRecord,
  loadPublishedInstance,
  saveProcessRecord,
} from './instance-files.js';
import { GARBAGE_ARGUMENT } from './process/garbage-argument.js';
import { heapArgument } from './process/heap-argument.js';
import { capLog, tailLog } from './process/log-file.js';
import { isAlive, type ProcessIdentity } from './process/process-identity.js';
import { type ProcessExit, spawnDetached } from './process/spawn-detached.js';
import { stopProcess } from './process/stop-process.js';
import { WarmPool } from './process/warm-pool.js';

export interface ProcessDriverOptions {
  /** Absolute path of apps/micro-chain/dist/main.js. */
  readonly entryFile: string;
  /** Arguments for Node itself, e.g. `--enable-source-maps`. */
  readonly nodeArgs?: readonly string[];
  /** The whole environment of the nodes; they need nothing but PATH and the like. */
  readonly environment: NodeJS.ProcessEnv;
  /** Where an instance's output goes. */
  readonly logFile: (instance: InstanceSpec) => string;
  /** Control groups for the instances' limits, or why there are none. */
  readonly groups: GroupsFound;
  /** Nodes kept ready for chains that start. */
  readonly warm: { readonly size: number; readonly logFile: string };
}

const WATCH_MS = 500;
const SERVING_POLL_MS = 5;
const SERVING_WATCH_MS = 10_000;
/** Nodes boot ahead beside a start that takes longer than this: one that never ends would leave the pool empty. */
const AWAITED_MS = 3_000;
/** Logs are looked at once in so many rounds of the watch. */
const LOG_ROUNDS = 20;

/** One detached operating-system process per chain, known by pid and start time. */
export class ProcessDriver implements RuntimeDriver {
  readonly #options: ProcessDriverOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #groups: InstanceGroups;
  /** What must be reported when it ends, by instance. */
  readonly #watched = new Map<string, { spec: InstanceSpec; identity: ProcessIdentity }>();
  /** Since when instances have been starting; those that serve or have ended are not in it. */
  readonly #awaited = new Map<string, number>();
  readonly #exits = new Map<string, ProcessExit>();
  readonly #listeners = new Set<(status: InstanceStatus) => void>();
  readonly #servingListeners = new Set<(chain: string) => void>();
  readonly #pool: WarmPool;
  readonly #busy = new Map<string, Promise<unknown>>();
  #closed = false;

  constructor(options: ProcessDriverOptions, modules: { clock: Clock; logger: Logger }) {
    this.#options = options;
    this.#clock = modules.clock;
    this.#logger = modules.logger;
    this.#groups = new InstanceGroups(options.groups, modules);
    const { entryFile, nodeArgs = [], environment, warm } = options;
    this.#pool = new WarmPool(
      {
        ...warm,
        command: process.execPath,
        args: [...nodeArgs, GARBAGE_ARGUMENT, heapArgument(), entryFile, '--warm'],
        cwd: dirname(entryFile),
        environment,
        background: (pid) => this.#groups.background(pid),
        isAwaited: () => this.#isAwaited(),
      },
      modules,
    );
    void this.#watch();
  }

  async fingerprint(): Promise<DriverFingerprint> {
    const capabilities = { survivesOrchestrator: true, limits: this.#groups.enforced };
    const { entryFile } = this.#options;
    return existsSync(entryFile)
      ? { driver: 'process', healthy: true, capabilities }
      : { driver: 'process', healthy: false, reason: `${entryFile} is not built`, capabilities };
  }

  start(spec: InstanceSpec, { cold = false }: StartOptions = {}): Promise<InstanceStatus> {
    return this.#oneAtATime(spec.instance, async () => {
      const alive = aliveInstances(spec.folder)[0];
      if (alive) this.#watched.set(spec.instance, { spec, identity: alive });
      else await this.#spawn(spec, cold);
      return this.#status(spec);
    });
  }

  stop(spec: InstanceSpec, options: StopOptions): Promise<void> {
    return this.#oneAtATime(spec.instance, async () => {
      await Promise.all(
        aliveInstances(spec.folder).map((each) => stopProcess(each, options, this.#clock)),
      );
      this.#groups.remove(spec);
    });
  }

  limit(spec: InstanceSpec): Promise<void> {
    return this.#oneAtATime(spec.instance, async () => {
      const alive = aliveInstances(spec.folder)[0];
      if (alive) await this.#groups.limit(spec, alive.pid);
    });
  }

  usage(spec: InstanceSpec): InstanceUsage | undefined {
    return this.#groups.usage(spec);
  }

  async inspect(spec: InstanceSpec): Promise<InstanceStatus> {
    return this.#status(spec);
  }

  async recover(specs: readonly InstanceSpec[]): Promise<readonly InstanceStatus[]> {
    for (const spec of specs) {
      const identity = aliveInstances(spec.folder)[0];
      if (identity) this.#watched.set(spec.instance, { spec, identity });
    }
    return specs.map((spec) => this.#status(spec));
  }

  async logs(spec: InstanceSpec, options: LogOptions): Promise<readonly string[]> {
    return tailLog(this.#options.logFile(spec), options.lines);
  }

  onExit(listener: (status: InstanceStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onServing(listener: (chain: string) => void): () => void {
    this.#servingListeners.add(listener);
    return () => this.#servingListeners.delete(listener);
  }

  /** Nodes that are ready for a chain, and getting so. */
  get warm(): WarmPool['counts'] {
    return this.#pool.counts;
  }

  /** Begins to keep nodes ready. */
  warmUp(): void {
    this.#pool.start();
  }

  close(): void {
    this.#closed = true;
    this.#pool.close();
    this.#groups.close();
  }

  /** Looks often while somebody is likely to wait for it, then leaves it to who polls. */
  async #awaitServing(spec: InstanceSpec, { pid, startTime }: ProcessIdentity): Promise<void> {
    const startedAt = this.#clock.now();
    const deadline = startedAt + SERVING_WATCH_MS;
    const isOurs = () => this.#watched.get(spec.instance)?.identity.pid === pid;
    this.#awaited.set(spec.instance, startedAt);
    while (!this.#closed && isOurs() && this.#clock.now() < deadline) {
      await sleep(this.#clock, SERVING_POLL_MS);
      const identity = loadPublishedInstance(spec.folder)?.identity;
      if (identity?.pid !== pid || identity.startTime !== startTime) continue;
      for (const listener of this.#servingListeners) listener(spec.chain);
      break;
    }
    if (this.#awaited.get(spec.instance) === startedAt) this.#awaited.delete(spec.instance);
  }

  #isAwaited(): boolean {
    const since = this.#clock.now() - AWAITED_MS;
    return [...this.#awaited.values()].some((startedAt) => startedAt > since);
  }

  async #spawn(spec: InstanceSpec, cold: boolean): Promise<void> {
    const { entryFile, environment, logFile, nodeArgs = [] } = this.#options;
    const joinFiles = this.#groups.prepare(spec);
    const oomKills = this.#groups.oomKills(spec);
    const heap = heapArgument(spec.limits);
    const taken = !cold && heap === heapArgument() ? this.#pool.take() : undefined;
    if (taken) await this.#groups.adopt(spec, taken.process.pid);
    const started =
      taken?.process ??
      (await spawnDetached({
        command: process.execPath,
        args: [...nodeArgs, GARBAGE_ARGUMENT, heap, entryFile, '--data', spec.folder],
        cwd: spec.folder,
        environment,
        logFile: logFile(spec),
        joinFiles,
      }));
    const { pid, startTime } = started;
    this.#groups.started(spec, pid);
    saveProcessRecord(spec.folder, { pid, startTime, spawnedAt: this.#clock.now(), oomKills });
    // Only now: what is assigned can be found again, whatever becomes of us.
    taken?.assign({ folder: spec.folder, logFile: logFile(spec) });
    this.#exits.delete(spec.instance);
    this.#watched.set(spec.instance, { spec, identity: { pid, startTime } });
    void started.exited.then((exit) => {
      this.#exits.set(spec.instance, exit);
      this.#reportExit(spec, pid);
    });
    this.#logger.info('chain process started', { chain: spec.chain, pid, warm: !!taken });
    void this.#awaitServing(spec, { pid, startTime });
  }

  #status(spec: InstanceSpec): InstanceStatus {
    const record = loadProcessRecord(spec.folder);
    const published = loadPublishedInstance(spec.folder);
    const startedAt = record ? { startedAt: record.spawnedAt } : {};
    const named = { chain: spec.chain, instance: spec.instance };
    const reason = this.#groups.degraded(spec);
    const degraded = reason === undefined ? {} : { degraded: reason };
    if (published && isAlive(published.identity)) {
      const { identity, ...endpoints } = published;
      const own = record?.pid === identity.pid ? startedAt : {};
      const { pid } = identity;
      return { ...named, state: 'running', pid, ...endpoints, ...own, ...degraded };
    }
    if (record && isAlive(record)) {
      return { ...named, state: 'starting', pid: record.pid, ...startedAt };
    }
    if (!record && !published) return { ...named, state: 'absent' };
    const exit = this.#exits.get(spec.instance);
    const outOfMemory = this.#groups.oomKills(spec) > (record?.oomKills ?? 0);
    return {
      ...named,
      state: 'exited',
      ...startedAt,
      ...(exit?.code === undefined ? {} : { exitCode: exit.code }),
      ...(exit?.signal === undefined ? {} : { signal: exit.signal }),
      ...(outOfMemory && { outOfMemory }),
    };
  }

  /** Own children report themselves; adopted ones have to be looked at. */
  async #watch(): Promise<void> {
    for (let round = 1; ; round++) {
      await new Promise<void>((resolve) => setTimeout(resolve, WATCH_MS).unref());
      if (this.#closed) return;
      for (const { spec, identity } of [...this.#watched.values()]) {
        if (!isAlive(identity)) this.#reportExit(spec, identity.pid);
        else if (round % LOG_ROUNDS === 0) capLog(this.#options.logFile(spec));
      }
    }
  }

  #reportExit(spec: InstanceSpec, pid: number): void {
    if (this.#watched.get(spec.instance)?.identity.pid !== pid) return;
    this.#watched.delete(spec.instance);
    const status = this.#status(spec);
    this.#logger.info('chain process ended', { ...status, pid });
    for (const listener of this.#listeners) listener(status);
  }

  #oneAtATime<Value>(chain: string, run: () => Promise<Value>): Promise<Value> {
    const before = this.#busy.get(chain) ?? Promise.resolve();
    const mine = before.then(run, run);
    this.#busy.set(chain, mine);
    const forget = () => {
      if (this.#busy.get(chain) === mine) this.#busy.delete(chain);
    };
    mine.then(forget, forget);
    return mine;
  }
}
