import type { FlotillaClient } from '@flotilla/sdk';
import { loadCliEnvironment } from './environment.js';
import { Progress, processTerminal, type Terminal } from './output/terminal.js';
import { type CliEnvironment, type ConnectionOptions, resolveConnection } from './settings.js';

/** The options that every command has. */
export interface CommonOptions extends ConnectionOptions {
  readonly json?: boolean;
}

/** What a command needs of the world around it. */
export class CommandContext {
  readonly terminal: Terminal;
  readonly environment: CliEnvironment;
  readonly #options: CommonOptions;

  constructor(
    options: CommonOptions,
    modules: { terminal: Terminal; environment: CliEnvironment },
  ) {
    this.#options = options;
    this.terminal = modules.terminal;
    this.environment = modules.environment;
  }

  get json(): boolean {
    return this.#options.json === true;
  }

  async client(): Promise<FlotillaClient> {
    const [connection, { FlotillaClient }] = await Promise.all([
      resolveConnection(this.#options, this.environment),
      import('@flotilla/sdk'),
    ]);
    return new FlotillaClient(connection);
  }

  progress(): Progress {
    return new Progress(this.terminal, !this.json);
  }

  /** The command's result: one JSON document with `--json`, else what `human` makes of it. */
  print(result: unknown, human: () => string): void {
    const text = this.json
      ? JSON.stringify(result, (_key, value) => (typeof value === 'bigint' ? `${value}` : value), 2)
      : human();
    if (text !== '') this.terminal.out(`${text}\n`);
  }
}

/** The context of a real command line. @throws PlatformError `INVALID_CONFIGURATION` */
export async function createContext(options: CommonOptions): Promise<CommandContext> {
  const environment = await loadCliEnvironment();
  return new CommandContext(options, { terminal: processTerminal, environment });
}
