import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Address, systemRandom } from '@flotilla/common';
import { LIMITS_FILE, loadOrCreateCommitteeKey } from '@flotilla/node';
import {
  type Chain,
  type InstanceSpec,
  limitsOf,
  type NodeFolderPort,
} from '@flotilla/orchestration';
import { nodeLimits } from './node-limits.js';

const CONFIG_FILE = 'node.json';
export const NODE_CREDS_FILE = 'nats.creds';

/** Data folders of nodes on this machine: `<home>/chains/<name>`, archived ones in `<home>/archive`. */
export class LocalNodeFolders implements NodeFolderPort {
  readonly #limitsWrittenAt = new Map<string, number>();

  constructor(
    readonly options: { readonly home: string },
    readonly modules: {
      /** The content of node.json. */
      readonly config: (chain: Chain & { readonly chainId: number }) => Promise<unknown>;
    },
  ) {}

  instance(chain: Pick<Chain, 'name' | 'spec'>): InstanceSpec {
    const { cpuPercent, cpuWeight, memoryMb, pids, ioWeight } = limitsOf(chain.spec).host;
    const limits = { cpuPercent, cpuWeight, memoryMb, pids, ioWeight };
    return { chain: chain.name, folder: join(this.options.home, 'chains', chain.name), limits };
  }

  /** When limits.json was last written, in milliseconds since the Unix epoch; undefined before this process has looked. */
  limitsWrittenAt(chain: Pick<Chain, 'id'>): number | undefined {
    return this.#limitsWrittenAt.get(chain.id);
  }

  async ensureCommitteeKey(chain: Chain): Promise<Address> {
    const { folder } = this.instance(chain);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return loadOrCreateCommitteeKey(folder, systemRandom).address;
  }

  async writeConfig(chain: Chain & { readonly chainId: number }) {
    const content = `${JSON.stringify(await this.modules.config(chain), null, 2)}\n`;
    const writtenAt = await this.#writeIfDifferent(chain, CONFIG_FILE, content);
    const limits = `${JSON.stringify(nodeLimits(chain.spec), null, 2)}\n`;
    this.#limitsWrittenAt.set(chain.id, await this.#writeIfDifferent(chain, LIMITS_FILE, limits));
    return { writtenAt };
  }

  async hasCreds(chain: Chain): Promise<boolean> {
    return (await read(join(this.instance(chain).folder, NODE_CREDS_FILE))) !== undefined;
  }

  async writeCreds(chain: Chain, content: string): Promise<void> {
    await this.#writeIfDifferent(chain, NODE_CREDS_FILE, content);
  }

  async archive(chain: Chain): Promise<void> {
    const target = join(this.options.home, 'archive', `${chain.name}-${chain.chainId ?? chain.id}`);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    this.#limitsWrittenAt.delete(chain.id);
    try {
      await rename(this.instance(chain).folder, target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  /** Whole or not at all, readable by its owner only, and durable when it returns. */
  async #writeIfDifferent(chain: Chain, name: string, content: string): Promise<number> {
    const { folder } = this.instance(chain);
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
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
