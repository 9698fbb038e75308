import { setTimeout as pause } from 'node:timers/promises';
import type { Aim, Channel, Flood, Outcome, ProductAccess, Target } from '../channel.js';
import { productOf } from '../product.js';
import { callRest } from '../rest-client.js';
import { RestStriker } from '../rest-striker.js';

const POLL_MS = 500;
const CLEARED_MS = 180_000;

/** Chains without end, each of a name of its own. */
export const creates: Channel = {
  name: 'creates',
  title: 'Creating many chains at once',
  overRpc: false,
  rate: 10,
  arm: async (target) => new CreateFlood(target),
};

class CreateFlood implements Flood {
  readonly #product: ProductAccess;
  readonly #striker: RestStriker;
  #made: string[] = [];

  constructor(target: Target) {
    this.#product = productOf(target);
    this.#striker = new RestStriker(this.#product, target.sink);
  }

  async strike(n: number, aim: Aim): Promise<readonly Outcome[]> {
    const name = `${this.#product.chainName}-x${n}`;
    const outcome = await this.#striker.call(aim, {
      method: 'POST',
      path: '/chains',
      body: { name },
    });
    if (aim === 'chain' && outcome.kind === 'served') this.#made.push(name);
    return [outcome];
  }

  /** Deletes what was created, so that every window finds the same machine. */
  async restore(): Promise<void> {
    const made = this.#made.splice(0);
    for (const name of made) await callRest(this.#product, 'DELETE', `/chains/${name}`);
    const deadline = Date.now() + CLEARED_MS;
    for (const name of made) {
      while (Date.now() < deadline && (await this.#exists(name))) await pause(POLL_MS);
    }
  }

  async close(): Promise<void> {
    this.#striker.close();
  }

  async #exists(name: string): Promise<boolean> {
    const { status, body } = await callRest(this.#product, 'GET', `/chains/${name}`);
    return status === 200 && body?.status?.phase !== 'Archived';
  }
}
