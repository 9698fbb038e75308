import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import {
  controlCreds,
  gatewayCreds,
  generateOperatorKeys,
  type OperatorKeys,
  operatorBundle,
  parseOperatorKeys,
  rootCreds,
  serverConfig,
} from '@flotilla/messaging';
import type { ProcessIdentity } from '@flotilla/runtime-drivers';
import { findByPidFile } from '../process/orphan.js';
import type { Service, ServiceProgram } from '../process/service.js';
import type { NatsServerProgram } from '../programs/nats-server.js';
import type { Home } from '../state/home.js';
import { saveJson, saveText } from '../state/json-file.js';
import { answersTcp } from './probe.js';

export interface NatsOptions {
  readonly home: Home;
  readonly port: number;
  /** Finds or installs it. */
  readonly program: () => Promise<NatsServerProgram>;
  readonly environment: NodeJS.ProcessEnv;
}

const USERS = {
  orchestrator: controlCreds,
  gateway: gatewayCreds,
  root: rootCreds,
} as const;

export type NatsUser = keyof typeof USERS;

/** The embedded NATS server, in operator mode. */
export class NatsService implements Service {
  readonly name = 'nats';
  readonly title = 'NATS';
  readonly stopSignal = 'SIGTERM';
  readonly graceMs = 10_000;

  constructor(private readonly options: NatsOptions) {}

  get url(): string {
    return `nats://127.0.0.1:${this.options.port}`;
  }

  get operatorFile(): string {
    return this.options.home.file('nats', 'operator.json');
  }

  credsFile(user: NatsUser): string {
    return this.options.home.file('nats', `${user}.creds`);
  }

  /** The operator's keys and our own users' credentials, drawn once. They are good before the server runs. */
  async ensureCredentials(): Promise<OperatorKeys> {
    if (!existsSync(this.operatorFile)) saveJson(this.operatorFile, generateOperatorKeys());
    const keys = parseOperatorKeys(readFileSync(this.operatorFile, 'utf8'));
    for (const user of Object.keys(USERS) as NatsUser[]) {
      const file = this.credsFile(user);
      if (!existsSync(file)) saveText(file, await USERS[user](keys));
    }
    return keys;
  }

  async prepare(): Promise<ServiceProgram> {
    const { home, port, environment } = this.options;
    const program = await this.options.program();
    const keys = await this.ensureCredentials();
    const [jwtFolder, storeFolder] = [home.file('nats', 'jwt'), home.file('nats', 'jetstream')];
    for (const folder of [jwtFolder, storeFolder]) mkdirSync(folder, { recursive: true });
    const configuration = serverConfig({
      bundle: await operatorBundle(keys),
      version: program.version,
      port,
      jwtFolder,
      storeFolder,
      pidFile: this.#pidFile,
    });
    saveText(this.#configFile, configuration);
    return {
      command: program.file,
      args: ['-c', this.#configFile],
      cwd: home.file('nats'),
      environment,
      // Its JWTs are signed anew each time and say the same.
      configuration: configuration.replaceAll(/eyJ[\w.-]+/g, ''),
    };
  }

  healthy(): Promise<boolean> {
    return answersTcp(this.options.port, 'INFO ');
  }

  findOrphan(): ProcessIdentity | undefined {
    return findByPidFile(this.#pidFile, this.#configFile);
  }

  get #configFile(): string {
    return this.options.home.file('nats', 'server.conf');
  }

  get #pidFile(): string {
    return this.options.home.file('nats', 'nats-server.pid');
  }
}
