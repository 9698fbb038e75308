import { setTimeout as pause } from 'node:timers/promises';
import type { Stack } from '../../test/stack.js';

export interface FleetChain {
  readonly name: string;
  readonly chainId: number;
}

interface ChainBody {
  readonly name: string;
  readonly chainId: number;
  readonly status: { readonly phase: string; readonly restarts: number };
}

export interface Census {
  /** How many chains there are of each phase. */
  readonly phases: Readonly<Record<string, number>>;
  /** How often a process died, of all chains together. */
  readonly restarts: number;
}

interface Page {
  readonly items: readonly ChainBody[];
  readonly nextCursor: string | null;
}

/** Asked for at the same time: more would only wait for each other's processes. */
const AT_ONCE = 4;
const PATIENCE_MS = 120_000;
const POLL_MS = 100;

/** Many chains of one stack, brought about by the API and nothing else. */
export class Fleet {
  constructor(readonly stack: Stack) {}

  /** Creates chains, each of which answers before it is put to sleep: asleep they have state and a checkpoint. */
  async createAsleep(count: number, progress: (done: number) => void): Promise<FleetChain[]> {
    const chains: FleetChain[] = [];
    let next = 0;
    const worker = async () => {
      while (next < count) {
        const chain = await this.create(`sleeper-${next++}`);
        await this.putToSleep(chain.name);
        chains.push(chain);
        progress(chains.length);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return chains;
  }

  /** @throws with the API's code when it is refused */
  async create(name: string, spec: Readonly<Record<string, unknown>> = {}): Promise<FleetChain> {
    const { chainId } = await this.stack.createChain(name, {
      sealing: { mode: 'instant' },
      ...spec,
    });
    return { name, chainId };
  }

  async putToSleep(name: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    await this.stack.api('POST', `/chains/${name}/sleep`);
    while ((await this.phaseOf(name)) !== 'Sleeping') {
      if (Date.now() > deadline) throw new Error(`${name} does not fall asleep`);
      await pause(POLL_MS);
    }
  }

  async phaseOf(name: string): Promise<string> {
    const { body } = await this.stack.api<ChainBody>('GET', `/chains/${name}`);
    return body.status.phase;
  }

  async census(): Promise<Census> {
    const phases: Record<string, number> = {};
    let restarts = 0;
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { body }: { body: Page } = await this.stack.api('GET', `/chains?limit=100${query}`);
      for (const { status } of body.items) {
        phases[status.phase] = (phases[status.phase] ?? 0) + 1;
        restarts += status.restarts;
      }
      cursor = body.nextCursor;
    }
    return { phases, restarts };
  }
}
