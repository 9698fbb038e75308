import { access, constants } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';
import { type Check, ok, warning } from './check.js';

/** Where `flotilla up` looks for it, in the same order. */
export async function checkNatsServer(home: string, searchPath: string): Promise<Check> {
  const folders = [...searchPath.split(delimiter).filter(Boolean), resolve(home, 'bin')];
  for (const folder of folders) {
    const file = resolve(folder, 'nats-server');
    const executable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return ok('nats-server', file);
  }
  return warning(
    'nats-server',
    'neither on the PATH nor in $FLOTILLA_HOME/bin',
    '`flotilla up` installs it; or install it yourself (https://nats.io)',
  );
}
