import { cp, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Address, allDone, systemRandom } from '@flotilla/common';
import { LEASE_FILE, LIMITS_FILE, loadOrCreateCommitteeKey } from '@flotilla/node';
import {
  type Chain,
  chainLimits,
  type InstanceSpec,
  type InstanceStatus,
  instanceId,
  leaseOf,
  type NodeFolderPort,
} from '@flotilla/orchestration';
import { nodeLimits } from './node-limits.js';

const CONFIG_FILE = 'node.json';
const KEYS_FOLDER = 'keys';
export const NODE_CREDS_FILE = 'nats.creds';

type Numbered = Chain & { readonly chainId: number };

/**
 * Data folders of nodes on this machine: `<home>/chains/<name>` is the first instance's, `<home>/replicas/<name>/<n>`
 * that of the n-th other one; archived ones in `<home>/archive`.
 */
export class LocalNodeFolders implements NodeFolderPort {
  readonly #limitsWrittenAt = new Map<string, number>();

  constructor(
    readonly options: { readonly home: string },
    readonly modules: {
      /** The content of an instance's node.json. */
      readonly config: (chain: Numbered, instance: string) => Promise<unknown>;
      /** An instance's share of the processor under contention, among all that are active now. */
      readonly cpuWeight: (chain: Pick<Chain, 'spec' | 'status'>) => number;
    },
  ) {}

  /** When limits.json was last written, in milliseconds since the Unix epoch; undefined before this process has looked. */
  limitsWrittenAt(chain: Pick<Chain, 'id'>): number | undefined {
    return this.#limitsWrittenAt.get(chain.id);
  }

  instance(chain: Pick<Chain, 'name' | 'spec' | 'status'>): InstanceSpec {
    return this.replica(chain, leaseOf(chain).instance);
  }

  replica(chain: Pick<Chain, 'name' | 'spec' | 'status'>, id: string): InstanceSpec {
    const { name } = chain;
    const { cpuPercent, memoryMb, pids, ioWeight } = chainLimits(chain).host;
    const cpuWeight = this.modules.cpuWeight(chain);
    const limits = { cpuPercent, cpuWeight, memoryMb, pids, ioWeight };
    const { home } = this.options;
    const folder =
      id === instanceId(name, 0)
        ? join(home, 'chains', name)
        : join(home, 'replicas', name, id.slice(name.length + 1));
    return { chain: name, instance: id, folder, limits };
  }

  async instances(chain: Pick<Chain, 'name' | 'status'>): Promise<readonly string[]> {
    const { home } = this.options;
    const first = instanceId(chain.name, 0);
    const others = await readdir(join(home, 'replicas', chain.name)).catch(() => []);
    const hasFirst = await stat(join(home, 'chains', chain.name)).catch(() => undefined);
    const all = [
      ...(hasFirst === undefined ? [] : [first]),
      ...others.filter((name) => /^\d+$/.test(name)).map((index) => `${chain.name}-${index}`),
    ];
    const { instance } = leaseOf(chain);
    return [...all.filter((id) => id === instance), ...all.filter((id) => id !== instance)];
  }

  async ensureCommitteeKey(chain: Chain): Promise<Address> {
    const { folder } = this.instance(chain);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return loadOrCreateCommitteeKey(folder, systemRandom).address;
  }

  async writeConfig(chain: Numbered) {
    const { instance } = leaseOf(chain);
    const spec = this.replica(chain, instance);
    // Each waits for the disk: together they wait once.
    const [, limitsWrittenAt, config] = await allDone([
      this.writeLease(chain, instance, {}),
      writeLimits(chain, spec.folder),
      this.#writeConfig(chain, spec),
    ]);
    this.#limitsWrittenAt.set(chain.id, limitsWrittenAt);
    return config;
  }

  async writeReplica(chain: Numbered, id: string) {
    const { folder: from } = this.instance(chain);
    const spec = this.replica(chain, id);
    await mkdir(spec.folder, { recursive: true, mode: 0o700 });
    await cp(join(from, KEYS_FOLDER), join(spec.folder, KEYS_FOLDER), { recursive: true });
    const creds = await read(join(from, NODE_CREDS_FILE));
    if (creds !== undefined) await writeIfDifferent(spec.folder, NODE_CREDS_FILE, creds);
    await writeLimits(chain, spec.folder);
    return this.#writeConfig(chain, spec);
  }

  async writeLease(
    chain: Chain,
    id: string,
    { peerUrl, rpcUrl }: Pick<InstanceStatus, 'peerUrl' | 'rpcUrl'>,
  ): Promise<void> {
    const { workers } = chain.status.scale ?? {};
    const lease = { ...leaseOf(chain), ...(workers !== undefined && { workers }) };
    const producer = id === lease.instance ? {} : { peerUrl, rpcUrl };
    const { folder } = this.replica(chain, id);
    await writeIfDifferent(folder, LEASE_FILE, `${JSON.stringify({ ...lease, ...producer })}\n`);
  }

  async removeReplica(
    chain: Chain,
    id: string,
    { keep }: { readonly keep: boolean },
  ): Promise<void> {
    const { folder } = this.replica(chain, id);
    if (keep) await this.#archive(folder, `${id}-${chain.chainId ?? chain.id}-${Date.now()}`);
    else await rm(folder, { recursive: true, force: true });
  }

  async hasCreds(chain: Chain): Promise<boolean> {
    return (await read(join(this.instance(chain).folder, NODE_CREDS_FILE))) !== undefined;
  }

  async writeCreds(chain: Chain, content: string): Promise<void> {
    await writeIfDifferent(this.instance(chain).folder, NODE_CREDS_FILE, content);
  }

  async archive(chain: Chain): Promise<void> {
    const { name, chainId, id } = chain;
    this.#limitsWrittenAt.delete(id);
    await this.#archive(this.instance(chain).folder, `${name}-${chainId ?? id}`);
    await rm(join(this.options.home, 'replicas', name), { recursive: true, force: true });
    await rm(join(this.options.home, 'chains', name), { recursive: true, force: true });
  }

  async #archive(folder: string, name: string): Promise<void> {
    const target = join(this.options.home, 'archive', name);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    try {
      await rename(folder, target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  async #writeConfig(chain: Numbered, { folder, instance }: InstanceSpec) {
    const content = `${JSON.stringify(await this.modules.config(chain, instance), null, 2)}\n`;
    return { writtenAt: await writeIfDifferent(folder, CONFIG_FILE, content) };
  }
}

/** Whole or not at all, readable by its owner only, and durable when it returns: with when that was last done. */
async function writeIfDifferent(folder: string, name: string, content: string): Promise<number> {
  const file = join(folder, name);
  if ((await read(file)) === content) return (await stat(file)).mtimeMs;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const fresh = `${file}.new`;
  const handle = await open(fresh, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
  return (await stat(file)).mtimeMs;
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function writeLimits(chain: Chain, folder: string): Promise<number> {
  return writeIfDifferent(folder, LIMITS_FILE, `${JSON.stringify(nodeLimits(chain), null, 2)}\n`);
}
