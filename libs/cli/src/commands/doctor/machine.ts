import { createServer } from 'node:net';
import { broken, type Check, ok, warning } from './check.js';

const NEEDED = [20, 19] as const;

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
  return enough
    ? ok('node', version)
    : broken('node', `${version} is too old`, `install Node.js ${NEEDED.join('.')} or later`);
}

/** True when this process could listen there now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** @param own ports that the running fleet itself listens on */
export async function checkPort(
  name: string,
  port: number,
  own: readonly number[],
): Promise<Check> {
  const title = `port ${port}`;
  if (own.includes(port)) return ok(title, `${name}, in use by this Flotilla`);
  if (await isPortFree(port)) return ok(title, `${name}, free`);
  return warning(
    title,
    `${name}'s default is taken by another program`,
    'nothing: `flotilla up` takes the next free one and says which',
  );
}
