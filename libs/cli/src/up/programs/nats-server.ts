import { createHash } from 'node:crypto';
import { access, chmod, constants, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { UpError, UpErrorCode } from '../errors.js';
import { runProgram, succeeds } from './run-program.js';

export interface NatsServerProgram {
  /** Absolute path. */
  readonly file: string;
  /** What `nats-server --version` prints, e.g. `nats-server: v2.9.10`. */
  readonly version: string;
}

const RELEASE = 'v2.10.22';
/** SHA-256 of the official archives of that release, by Node's names of platform and architecture. */
const RELEASES: Record<string, { readonly name: string; readonly sha256: string }> = {
  'linux-x64': {
    name: `nats-server-${RELEASE}-linux-amd64`,
    sha256: 'db0b3ccbe4cbdd3872ae7486ec4f6b0f85824632a0789f4da2e0a8518390483e',
  },
  'linux-arm64': {
    name: `nats-server-${RELEASE}-linux-arm64`,
    sha256: 'b4da77b2b194dc5fcf13a1df0dad59ba7e87ae4423f254c50534015b7c8a2369',
  },
  'darwin-x64': {
    name: `nats-server-${RELEASE}-darwin-amd64`,
    sha256: 'e99eb01a886b5de05972445e362e48cf8ad10b45e4cd5a5592475b184f8f81c9',
  },
  'darwin-arm64': {
    name: `nats-server-${RELEASE}-darwin-arm64`,
    sha256: '93ce74f61a49d8fa9dfbf420e5a844e25309e429c5c8e27b54b3283d0712fcff',
  },
};

/**
 * Looks for `nats-server` on the PATH, then in `<home>/bin`; else installs it by apt (Debian or Ubuntu, as
 * root), else downloads the pinned official release.
 * @param progress is told in a sentence what takes long
 * @throws UpError `NATS_SERVER_MISSING`, `DOWNLOAD_CORRUPT`
 */
export async function ensureNatsServer(
  home: string,
  searchPath: string,
  progress: (sentence: string) => void,
): Promise<NatsServerProgram> {
  const folders = [...searchPath.split(delimiter).filter(Boolean), resolve(home, 'bin')];
  let file = await findIn(folders);
  if (file === undefined && (await canUseApt())) {
    progress('installing nats-server by apt');
    await installByApt();
    file = await findIn([...folders, '/usr/sbin', '/usr/bin']);
  }
  if (file === undefined) {
    progress(`downloading nats-server ${RELEASE}`);
    file = await download(resolve(home, 'bin'));
  }
  return { file, version: (await runProgram(file, ['--version'])).trim() };
}

async function findIn(folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const file = resolve(folder, 'nats-server');
    const executable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return file;
  }
  return undefined;
}

async function canUseApt(): Promise<boolean> {
  return userInfo().uid === 0 && (await succeeds('apt-get', ['--version']));
}

async function installByApt(): Promise<void> {
  const install = ['install', '-y', '-q', '--no-install-recommends', 'nats-server'];
  if (await succeeds('apt-get', install)) return;
  await succeeds('apt-get', ['update', '-q']);
  await succeeds('apt-get', install);
}

async function download(folder: string): Promise<string> {
  const release = RELEASES[`${process.platform}-${process.arch}`];
  if (release === undefined) throw missing(`there is no release for ${process.platform}`);
  const url = `https://github.com/nats-io/nats-server/releases/download/${RELEASE}/${release.name}.tar.gz`;
  const archive = await fetchBytes(url);
  const digest = createHash('sha256').update(archive).digest('hex');
  if (digest !== release.sha256) {
    throw new UpError(
      UpErrorCode.DownloadCorrupt,
      `${url} has SHA-256 ${digest}, expected ${release.sha256}; install nats-server yourself`,
    );
  }
  const work = await mkdtemp(join(tmpdir(), 'flotilla-nats-'));
  try {
    await writeFile(join(work, 'release.tar.gz'), archive);
    await runProgram('tar', ['-xzf', join(work, 'release.tar.gz'), '-C', work]);
    await mkdir(folder, { recursive: true });
    const fresh = join(folder, 'nats-server.new');
    await runProgram('cp', [join(work, release.name, 'nats-server'), fresh]);
    await chmod(fresh, 0o755);
    await rename(fresh, join(folder, 'nats-server'));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return join(folder, 'nats-server');
}

async function fetchBytes(url: string): Promise<Buffer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(120_000) });
    if (!response.ok) throw missing(`${url} answered ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (cause) {
    if (cause instanceof UpError) throw cause;
    throw missing(`${url} can't be reached`, cause);
  }
}

function missing(why: string, cause?: unknown): UpError {
  return new UpError(
    UpErrorCode.NatsServerMissing,
    `nats-server is neither on the PATH nor in $FLOTILLA_HOME/bin, and ${why}; install it (https://nats.io) or set FLOTILLA_NATS_URL`,
    { cause },
  );
}
