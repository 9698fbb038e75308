import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack, waitUntil } from '../../test/stack.js';
import { anonymousBytes } from '../measure/processes.js';

/** One address wakes one chain over and over here. */
const ANY_WAKES = { FLOTILLA_WAKES_PER_MINUTE: '100000' };

/** A stack of its own for each part: its warm pool is what is compared. */
export class Fleet {
  #nextChainId = 7_700_001;

  private constructor(
    readonly stack: Stack,
    readonly poolSize: number,
  ) {}

  static async start(poolSize: number): Promise<Fleet> {
    return new Fleet(
      await Stack.start({ FLOTILLA_WARM_POOL: String(poolSize), ...ANY_WAKES }),
      poolSize,
    );
  }

  drawChainId(): number {
    return this.#nextChainId++;
  }

  /** Nobody measures a pool that is just filling. */
  async poolIsFull(): Promise<void> {
    await waitUntil(
      'the warm pool is full',
      180_000,
      async () => (await this.warmNodes()) >= this.poolSize,
    );
  }

  async warmNodes(): Promise<number> {
    const url = new URL('/api/v1/metrics', this.stack.run.apiUrl);
    const line = (await (await fetch(url)).text())
      .split('\n')
      .find((text) => text.startsWith('flotilla_warm_nodes{') && text.includes('state="ready"'));
    return Number(line?.split(' ').at(-1) ?? 0);
  }

  /** Anonymous memory of the nodes that wait, by the kernel's account. */
  poolBytes(): number {
    return this.#warmPids().reduce((sum, pid) => sum + anonymousBytes(pid), 0);
  }

  async sleep(name: string): Promise<void> {
    const { status, body } = await this.stack.api('POST', `/chains/${name}/sleep`);
    if (status >= 300) throw new Error(`${name} may not sleep: ${JSON.stringify(body)}`);
    await waitUntil(`${name} sleeps`, 60_000, async () => {
      const { status, generation, observedGeneration } = (
        await this.stack.api('GET', `/chains/${name}`)
      ).body;
      return status.phase === 'Sleeping' && generation === observedGeneration;
    });
  }

  async remove(name: string): Promise<void> {
    await this.stack.api('DELETE', `/chains/${name}`);
    await waitUntil(`${name} is archived`, 60_000, async () => {
      const { body } = await this.stack.api('GET', `/chains/${name}`);
      return body.status.phase === 'Archived';
    });
  }

  stop(): Promise<void> {
    return this.stack.stop();
  }

  #warmPids(): number[] {
    const orchestrator = this.stack.run.processes.find(({ name }) => name === 'orchestrator')?.pid;
    const file = `/proc/${orchestrator}/task/${orchestrator}/children`;
    const children = readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number);
    return children.filter((pid) => {
      try {
        return readFileSync(join('/proc', String(pid), 'cmdline'), 'utf8').includes('--warm');
      } catch {
        return false;
      }
    });
  }
}
