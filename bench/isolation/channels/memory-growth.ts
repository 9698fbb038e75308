import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { POLITE } from '../../measure/priority.js';
import { cgroupFilesOf } from '../cgroup-files.js';
import type { Aim, Channel, Flood, Outcome, Target } from '../channel.js';
import { SideProcess } from '../process/remote.js';
import { productOf } from '../product.js';

const STEP_BYTES = 32 * 2 ** 20;
/** What the hog may reach where nobody stops it. */
const ENOUGH_BYTES = 512 * 2 ** 20;

/** A leak inside the chain's own cgroup, until the kernel kills for want of memory; then another one. */
export const memoryGrowth: Channel = {
  name: 'memory-growth',
  title: 'Memory growth until killed',
  overRpc: false,
  rate: 4,
  arm: async (target) => new MemoryFlood(target),
};

class MemoryFlood implements Flood {
  readonly #folder: string;
  #hog: { readonly process: SideProcess; readonly aim: Aim } | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(target: Target) {
    this.#folder = productOf(target).folder;
  }

  strike(_: number, aim: Aim): Promise<readonly Outcome[]> {
    const outcome = this.#turn.then(() => this.#grow(aim));
    this.#turn = outcome.catch(() => {});
    return outcome.then((each) => [each]);
  }

  async restore(): Promise<void> {
    await this.#turn;
    await this.#end();
  }

  close(): Promise<void> {
    return this.restore();
  }

  async #grow(aim: Aim): Promise<Outcome> {
    if (this.#hog?.aim !== aim) await this.#begin(aim);
    try {
      const held = await this.#hog!.process.call<number>('grow', STEP_BYTES);
      if (held >= ENOUGH_BYTES) await this.#end();
      return { kind: 'served', reason: '' };
    } catch {
      await this.#end();
      return { kind: 'refused', reason: 'killed' };
    }
  }

  async #begin(aim: Aim): Promise<void> {
    await this.#end();
    const hog = SideProcess.start('memory-hog.ts', { niceness: POLITE });
    this.#hog = { process: hog, aim };
    if (aim === 'chain') await hog.call('join', cgroupFilesOf(this.#nodePid()));
  }

  async #end(): Promise<void> {
    await this.#hog?.process.stop();
    this.#hog = undefined;
  }

  #nodePid(): number {
    return JSON.parse(readFileSync(join(this.#folder, 'instance.json'), 'utf8')).pid;
  }
}
