import { createHash } from 'node:crypto';
import { type Clock, sleep } from '@flotilla/common';
import {
  capLog,
  isAlive,
  type ProcessIdentity,
  spawnDetached,
  stopProcess,
  tailLog,
} from '@flotilla/runtime-drivers';
import { UpError, UpErrorCode } from '../errors.js';
import type { Home } from '../state/home.js';
import type { ProcessTable } from '../state/process-table.js';
import type { Service, ServiceProgram } from './service.js';

interface Modules {
  readonly home: Home;
  readonly table: ProcessTable;
  readonly clock: Clock;
  /** Told when it was started again, with what had happened. */
  readonly onRestart: (service: Service, pid: number) => void;
  readonly onTrouble: (sentence: string) => void;
}

export type Arrival = 'started' | 'adopted';

const HEALTH_POLL_MS = 75;
const HEALTHY_WITHIN_MS = 60_000;
/** Waiting for so long is worth a word. */
const COMPLAIN_MS = 8_000;
/** A process that ends so often before it ever was healthy is not started again. */
const STARTS_AT_FIRST = 3;
const WATCH_MS = 200;
const LOG_EVERY_MS = 10_000;
/** Between restarts; the last one repeats. */
const BACK_OFF_MS = [0, 250, 500, 1_000, 2_000, 5_000, 10_000];
/** Having run for so long, the next end counts as the first. */
const STABLE_MS = 30_000;

/** Brings one service up, keeps it up, takes it down. */
export class ManagedService {
  #identity: ProcessIdentity | undefined;
  #stopping = false;
  #restart: Promise<void> = Promise.resolve();

  constructor(
    readonly service: Service,
    private readonly modules: Modules,
  ) {}

  get isRunning(): boolean {
    return this.#isAlive() || this.modules.table.alive(this.service.name) !== undefined;
  }

  /**
   * Adopts what runs as we would start it now, else starts it, and waits until it serves.
   * @throws UpError `NOT_HEALTHY` with the end of its log, `INTERRUPTED`
   */
  async up(cancelled: AbortSignal): Promise<Arrival> {
    const program = await this.service.prepare();
    const arrival = (await this.#adopt(program)) ? 'adopted' : 'started';
    if (arrival === 'started') await this.#spawn(program);
    const { clock } = this.modules;
    const deadline = clock.now() + HEALTHY_WITHIN_MS;
    let complainAt = clock.now() + COMPLAIN_MS;
    for (let starts = 1; !(await this.service.healthy()); ) {
      if (cancelled.aborted) throw new UpError(UpErrorCode.Interrupted, 'interrupted');
      if (!this.#isAlive()) {
        if (starts === STARTS_AT_FIRST) throw this.#failure('it ends right after its start');
        await sleep(clock, BACK_OFF_MS[starts++]);
        await this.#spawn(await this.service.prepare());
      } else if (clock.now() > deadline) {
        throw this.#failure((await this.service.complaint?.()) ?? 'it does not answer');
      } else if (clock.now() > complainAt) {
        complainAt = deadline;
        const why = await this.service.complaint?.();
        this.modules.onTrouble(`waiting for ${this.service.title}${why ? `: ${why}` : ''}`);
      }
      await sleep(clock, HEALTH_POLL_MS);
    }
    return arrival;
  }

  /** Starts it again whenever it ends, until `stop`. Never throws. */
  async watch(): Promise<void> {
    const { clock, home } = this.modules;
    let failures = 0;
    let startedAt = clock.now();
    let logAt = clock.now();
    while (!this.#stopping) {
      await sleep(clock, WATCH_MS);
      if (clock.now() - logAt > LOG_EVERY_MS) {
        logAt = clock.now();
        capLog(home.logFile(this.service.name));
      }
      if (this.#stopping || this.#isAlive()) continue;
      if (clock.now() - startedAt > STABLE_MS) failures = 0;
      await sleep(clock, BACK_OFF_MS[Math.min(failures++, BACK_OFF_MS.length - 1)]);
      if (this.#stopping) return;
      startedAt = clock.now();
      this.#restart = this.#startAgain();
      await this.#restart;
    }
  }

  /** Resolves when it is gone; nothing to stop is success. @throws RuntimeError `STOP_FAILED` */
  async stop(options: { force: boolean }): Promise<void> {
    this.#stopping = true;
    await this.#restart;
    const identity = this.#identity ?? this.modules.table.alive(this.service.name);
    if (identity !== undefined) {
      const { stopSignal: signal, graceMs } = this.service;
      await stopProcess(
        identity,
        options.force ? { signal: 'SIGKILL', graceMs: 1_000 } : { signal, graceMs },
        this.modules.clock,
      );
    }
    this.modules.table.remove(this.service.name);
  }

  async #startAgain(): Promise<void> {
    try {
      await this.#spawn(await this.service.prepare());
      this.modules.onRestart(this.service, this.#identity?.pid ?? 0);
    } catch (error) {
      this.modules.onTrouble(`${this.service.title} can't be started again: ${error}`);
    }
  }

  async #adopt(program: ServiceProgram): Promise<boolean> {
    const { table, clock } = this.modules;
    const known = table.alive(this.service.name);
    const running = known ?? this.service.findOrphan?.();
    if (running === undefined) return false;
    if (known?.digest === digestOf(program)) {
      this.#identity = known;
      return true;
    }
    const { stopSignal: signal, graceMs } = this.service;
    await stopProcess(running, { signal, graceMs }, clock);
    return false;
  }

  async #spawn(program: ServiceProgram): Promise<void> {
    if (this.#stopping) return;
    const { name, port } = this.service;
    const { configuration: _, ...how } = program;
    const logFile = this.modules.home.logFile(name);
    const { pid, startTime } = await spawnDetached({ ...how, logFile });
    this.#identity = { pid, startTime };
    this.modules.table.set(name, { pid, startTime, digest: digestOf(program), port });
  }

  #isAlive(): boolean {
    return this.#identity !== undefined && isAlive(this.#identity);
  }

  #failure(what: string): UpError {
    const logFile = this.modules.home.logFile(this.service.name);
    const end = tailLog(logFile, 8).join('\n  ');
    return new UpError(
      UpErrorCode.NotHealthy,
      `${this.service.title}: ${what}; the end of ${logFile}:\n  ${end}`,
    );
  }
}

function digestOf({ command, args, environment, configuration }: ServiceProgram): string {
  const own = Object.entries(environment).filter(([name]) => name.startsWith('FLOTILLA_'));
  const how = JSON.stringify([command, args, own.sort(), configuration]);
  return createHash('sha256').update(how).digest('hex');
}
