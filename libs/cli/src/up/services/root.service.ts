import { existsSync } from 'node:fs';
import {
  GARBAGE_ARGUMENT,
  loadPublishedInstance,
  type ProcessIdentity,
} from '@flotilla/runtime-drivers';
import type { Service, ServiceProgram } from '../process/service.js';
import type { Home } from '../state/home.js';
import { saveText } from '../state/json-file.js';
import { appEntryFile } from './entry-files.js';
import { callRpc } from './probe.js';

export interface RootOptions {
  readonly home: Home;
  readonly port: number;
  readonly chainId: number;
  readonly profile: 'dev' | 'production';
  readonly logLevel: string;
  readonly nats: {
    readonly url: string;
    readonly credsFile: string | undefined;
    readonly account: 'operator' | 'shared';
  };
  readonly environment: NodeJS.ProcessEnv;
}

/** The embedded root chain's node. */
export class RootService implements Service {
  readonly name = 'root';
  readonly title = 'Root chain';
  readonly stopSignal = 'SIGTERM';
  readonly graceMs = 20_000;

  constructor(private readonly options: RootOptions) {}

  get url(): string {
    return `http://127.0.0.1:${this.options.port}`;
  }

  async prepare(): Promise<ServiceProgram> {
    const { home, environment } = this.options;
    const folder = home.file('root');
    const configuration = `${JSON.stringify(this.#nodeConfig(), null, 2)}\n`;
    saveText(home.file('root', 'node.json'), configuration);
    return {
      command: process.execPath,
      args: [GARBAGE_ARGUMENT, appEntryFile('main-chain'), '--data', folder],
      cwd: folder,
      environment,
      configuration,
    };
  }

  async healthy(): Promise<boolean> {
    return (await callRpc(this.url, 'eth_chainId')) !== undefined;
  }

  findOrphan(): ProcessIdentity | undefined {
    const folder = this.options.home.file('root');
    return existsSync(folder) ? loadPublishedInstance(folder)?.identity : undefined;
  }

  #nodeConfig(): Record<string, unknown> {
    const { port, chainId, profile, nats, logLevel } = this.options;
    return {
      role: 'root',
      name: 'root',
      chain: { chainId, name: 'root', profile, fees: { mode: 'free' } },
      rpc: { host: '127.0.0.1', port },
      nats,
      logLevel,
    };
  }
}
