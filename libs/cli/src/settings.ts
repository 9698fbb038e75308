import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { CliError, CliErrorCode } from './errors.js';
import { ExitCode } from './exit-code.js';

/** What `flotilla up` leaves in `$FLOTILLA_HOME/run.json`; fields of later versions pass. */
const runFileSchema = z.object({
  apiUrl: z.url(),
  gatewayUrl: z.url(),
  rootRpcUrl: z.url(),
  dashboardUrl: z.url(),
  adminKeyFile: z.string(),
  pid: z.int(),
  processes: z.array(z.object({ name: z.string(), pid: z.int() })),
});

export type RunFile = z.output<typeof runFileSchema>;

/** Where the API is and with which key, each from the first that has it: option, variable, run.json. */
export interface ConnectionOptions {
  readonly apiUrl?: string;
  readonly key?: string;
}

export interface Connection {
  readonly apiUrl: string;
  readonly apiKey: string;
}

export interface CliEnvironment {
  readonly home: string;
  readonly apiUrl?: string;
  readonly apiKey?: string;
}

const START = 'start Flotilla with `flotilla up`, or name a running one with --api-url';

/**
 * @returns undefined when there is no run.json
 * @throws CliError `INVALID_RUN_FILE`
 */
export async function loadRunFile(home: string): Promise<RunFile | undefined> {
  const file = join(resolve(home), 'run.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(file, cause);
  }
  try {
    return runFileSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new CliError(
      CliErrorCode.InvalidRunFile,
      `${file} is not what \`flotilla up\` writes`,
      { exitCode: ExitCode.Unavailable, next: 'run `flotilla up` again; it writes a new one' },
      cause,
    );
  }
}

/** @throws CliError `NOT_RUNNING` or `NO_KEY` when no source has it */
export async function resolveConnection(
  options: ConnectionOptions,
  environment: CliEnvironment,
): Promise<Connection> {
  const givenUrl = options.apiUrl ?? environment.apiUrl;
  const givenKey = options.key ?? environment.apiKey;
  if (givenUrl !== undefined && givenKey !== undefined) {
    return { apiUrl: givenUrl, apiKey: givenKey };
  }
  const run = await loadRunFile(environment.home);
  const apiUrl = givenUrl ?? run?.apiUrl;
  if (apiUrl === undefined) {
    throw new CliError(
      CliErrorCode.NotRunning,
      `no Flotilla is running from ${resolve(environment.home)}`,
      { exitCode: ExitCode.Unavailable, next: START },
    );
  }
  // The admin key of the fleet here is sent to no other address.
  const ownApi = givenUrl === undefined || givenUrl === run?.apiUrl;
  const apiKey = givenKey ?? (ownApi && run ? await readSecret(run.adminKeyFile) : undefined);
  if (apiKey === undefined) {
    throw new CliError(CliErrorCode.NoKey, `no API key for ${apiUrl}`, {
      exitCode: ExitCode.NotAllowed,
      next: 'give one with --key or FLOTILLA_API_KEY',
    });
  }
  return { apiUrl, apiKey };
}

/** A file that holds one secret; the newline at its end is not part of it. */
export async function readSecret(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function unreadable(file: string, cause: unknown): CliError {
  return new CliError(
    CliErrorCode.FileUnreadable,
    `can't read ${file}`,
    { exitCode: ExitCode.Failed, next: 'check the path and its permissions' },
    cause,
  );
}
