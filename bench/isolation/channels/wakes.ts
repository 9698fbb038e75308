import { setTimeout as pause } from 'node:timers/promises';
import type { Aim, Channel, Flood, Outcome, ProductAccess, Target } from '../channel.js';
import { HttpStriker } from '../http-strike.js';
import { productOf } from '../product.js';
import { callRest } from '../rest-client.js';

const SLEEPERS = 60;
const POLL_MS = 200;
const SETTLED_MS = 120_000;

/** A request for each of many sleeping chains, all of them the attacker's. */
export const wakes: Channel = {
  name: 'wakes',
  title: 'Waking many sleeping chains',
  overRpc: false,
  rate: 20,
  arm: async (target) => {
    const flood = new WakeFlood(target);
    await flood.restore();
    return flood;
  },
};

class WakeFlood implements Flood {
  readonly #product: ProductAccess;
  readonly #names: readonly string[];
  readonly #strikers: readonly HttpStriker[];

  constructor(target: Target) {
    this.#product = productOf(target);
    const { chainName, gatewayUrl } = this.#product;
    this.#names = Array.from({ length: SLEEPERS }, (_, n) => `${chainName}-s${n}`);
    this.#strikers = this.#names.map(
      (name) => new HttpStriker({ url: new URL(name, gatewayUrl).href, sink: target.sink }),
    );
  }

  async strike(n: number, aim: Aim): Promise<readonly Outcome[]> {
    const striker = this.#strikers[n % this.#strikers.length];
    return striker.call(aim, 'eth_getBalance', [`0x${n.toString(16).padStart(40, '0')}`, 'latest']);
  }

  /** Every one of them exists and sleeps. */
  async restore(): Promise<void> {
    for (const name of this.#names) await this.#asleep(name);
  }

  async close(): Promise<void> {
    for (const striker of this.#strikers) striker.close();
    for (const name of this.#names) await callRest(this.#product, 'DELETE', `/chains/${name}`);
  }

  async #asleep(name: string): Promise<void> {
    const deadline = Date.now() + SETTLED_MS;
    while (Date.now() < deadline) {
      const { status, body } = await callRest(this.#product, 'GET', `/chains/${name}`);
      if (status === 404) await callRest(this.#product, 'POST', '/chains?wait=running', { name });
      else if (body?.status?.phase === 'Sleeping') return;
      else if (body?.status?.phase === 'Running')
        await callRest(this.#product, 'POST', `/chains/${name}/sleep`);
      await pause(POLL_MS);
    }
    throw new Error(`${name} does not fall asleep`);
  }
}
