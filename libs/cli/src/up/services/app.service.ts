import type { Service, ServiceProgram } from '../process/service.js';
import type { Home } from '../state/home.js';
import { appEntryFile } from './entry-files.js';
import { answersHttp, failedChecks } from './probe.js';

export interface AppOptions {
  readonly name: 'orchestrator' | 'gateway';
  readonly title: string;
  /** Arguments for Node itself. */
  readonly nodeArgs?: readonly string[];
  readonly home: Home;
  readonly port: number;
  readonly healthUrl: string;
  readonly graceMs: number;
  /** Its FLOTILLA_* variables; what is undefined is left out. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly environment: NodeJS.ProcessEnv;
}

/** The orchestrator or the gateway: an app that is told everything by its environment. */
export class AppService implements Service {
  readonly stopSignal = 'SIGTERM';

  constructor(private readonly options: AppOptions) {}

  get name(): string {
    return this.options.name;
  }

  get title(): string {
    return this.options.title;
  }

  get port(): number {
    return this.options.port;
  }

  get graceMs(): number {
    return this.options.graceMs;
  }

  async prepare(): Promise<ServiceProgram> {
    const { name, nodeArgs = [], home, variables, environment } = this.options;
    const given = Object.entries(variables).filter(([, value]) => value !== undefined);
    return {
      command: process.execPath,
      args: [...nodeArgs, appEntryFile(name)],
      cwd: home.path,
      environment: { ...environment, ...Object.fromEntries(given) },
    };
  }

  healthy(): Promise<boolean> {
    return answersHttp(this.options.healthUrl);
  }

  complaint(): Promise<string | undefined> {
    return failedChecks(this.options.healthUrl);
  }
}
