import { readFileSync, rmSync } from 'node:fs';
import { isAlive, type ProcessIdentity } from '@flotilla/runtime-drivers';
import { findByPidFile, pidIn } from '../process/orphan.js';
import type { Service, ServiceProgram } from '../process/service.js';
import { DATABASE, preparePostgres } from '../programs/postgres.js';
import type { Home } from '../state/home.js';
import { answersTcp } from './probe.js';

const USER = 'flotilla';
/** The line of postmaster.pid that says how far the server is (PostgreSQL's miscadmin.h). */
const STATUS_LINE = 7;

export interface PostgresOptions {
  readonly home: Home;
  readonly port: number;
  readonly password: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** The embedded PostgreSQL. */
export class PostgresService implements Service {
  readonly name = 'postgres';
  readonly title = 'PostgreSQL';
  /** PostgreSQL's fast shutdown: ends sessions, writes a checkpoint. */
  readonly stopSignal = 'SIGINT';
  readonly graceMs = 20_000;

  constructor(private readonly options: PostgresOptions) {}

  get url(): string {
    const { port, password } = this.options;
    return `postgres://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`;
  }

  async prepare(): Promise<ServiceProgram> {
    const { home, port, password, environment } = this.options;
    const folder = home.file('postgres');
    const { file, args, uid, gid } = await preparePostgres({ folder, port, user: USER, password });
    this.#dropStalePidFile();
    return { command: file, args, uid, gid, cwd: folder, environment };
  }

  async healthy(): Promise<boolean> {
    return this.#status() === 'ready' && (await answersTcp(this.options.port));
  }

  findOrphan(): ProcessIdentity | undefined {
    return findByPidFile(this.#pidFile, this.#dataFolder);
  }

  /** After a crash of the machine its pid may be anybody's; PostgreSQL would then refuse to start. */
  #dropStalePidFile(): void {
    if (pidIn(this.#pidFile) === undefined) return;
    const owner = this.findOrphan();
    if (owner === undefined || !isAlive(owner)) rmSync(this.#pidFile, { force: true });
  }

  #status(): string | undefined {
    try {
      return readFileSync(this.#pidFile, 'utf8').split('\n')[STATUS_LINE]?.trim();
    } catch {
      return undefined;
    }
  }

  get #dataFolder(): string {
    return this.options.home.file('postgres', 'data');
  }

  get #pidFile(): string {
    return this.options.home.file('postgres', 'data', 'postmaster.pid');
  }
}
