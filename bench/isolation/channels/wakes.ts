import { setTimeout as pause } from 'node:timers/promises';
import type { Aim, Channel, Flood, Outcome, ProductAccess, Target } from '../channel.js';
import { HttpStriker } from '../http-strike.js';
import { productOf } from '../product.js';
import { callRest } from '../rest-client.js';
import { RestStriker } from '../rest-striker.js';

const SLEEPERS = 30;
/** Created, or put to sleep, at the same time. */
const AT_ONCE = 5;
const POLL_MS = 200;
const SETTLED_MS = 240_000;

/** Requests for sleeping chains, one after the other; whatever answers is put to sleep again. */
export const wakes: Channel = {
  name: 'wakes',
  title: 'Waking many sleeping chains',
  overRpc: false,
  rate: 15,
  arm: async (target) => {
    const flood = new WakeFlood(target);
    await flood.restore();
    return flood;
  },
};

interface Sleeper {
  readonly name: string;
  readonly striker: HttpStriker;
}

class WakeFlood implements Flood {
  readonly #product: ProductAccess;
  readonly #rest: RestStriker;
  readonly #sleepers: readonly Sleeper[];

  constructor(target: Target) {
    this.#product = productOf(target);
    this.#rest = new RestStriker(this.#product, target.sink);
    const { chainName, gatewayUrl } = this.#product;
    this.#sleepers = Array.from({ length: SLEEPERS }, (_, n) => {
      const name = `${chainName}-s${n}`;
      const url = new URL(name, gatewayUrl).href;
      return { name, striker: new HttpStriker({ url, sink: target.sink }) };
    });
  }

  async strike(n: number, aim: Aim): Promise<readonly Outcome[]> {
    const { name, striker } = this.#sleepers[n % SLEEPERS];
    const account = `0x${n.toString(16).padStart(40, '0')}`;
    const woken = await striker.call(aim, 'eth_getBalance', [account, 'latest']);
    const asleep = await this.#rest.call(aim, { method: 'POST', path: `/chains/${name}/sleep` });
    return [...woken, asleep];
  }

  /** Every one of them exists and sleeps. */
  async restore(): Promise<void> {
    for (let at = 0; at < SLEEPERS; at += AT_ONCE) {
      const some = this.#sleepers.slice(at, at + AT_ONCE);
      await Promise.all(some.map(({ name }) => this.#asleep(name)));
    }
  }

  async close(): Promise<void> {
    this.#rest.close();
    for (const { name, striker } of this.#sleepers) {
      striker.close();
      await callRest(this.#product, 'DELETE', `/chains/${name}`);
    }
  }

  async #asleep(name: string): Promise<void> {
    const deadline = Date.now() + SETTLED_MS;
    while (Date.now() < deadline) {
      const { status, body } = await callRest(this.#product, 'GET', `/chains/${name}`);
      const phase = body?.status?.phase;
      if (phase === 'Sleeping') return;
      if (status === 404) await callRest(this.#product, 'POST', '/chains?wait=running', { name });
      else if (phase === 'Running') {
        await callRest(this.#product, 'POST', `/chains/${name}/sleep`);
      }
      await pause(POLL_MS);
    }
    throw new Error(`${name} does not fall asleep`);
  }
}
