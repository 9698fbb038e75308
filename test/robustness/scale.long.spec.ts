import { Stack, waitUntil } from '../stack.js';

const CALL = {
  jsonrpc: '2.0',
  id: 1,
  method: 'eth_getBalance',
  params: ['0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266', 'latest'],
};
/** A batch is dear enough that a few clients keep a process busy, whose CPU is bounded. */
const BODY = JSON.stringify(Array.from({ length: 200 }, (_, id) => ({ ...CALL, id })));
/** One call that goes on until its gas is used up but for a rest: it costs the client nothing. */
const DEAR = JSON.stringify({
  ...{ jsonrpc: '2.0', id: 1, method: 'eth_call' },
  params: [{ data: '0x5b61ffff5a1160005700', gas: '0x989680' }, 'latest'],
});
const HOST = { cpuPercent: 30 };
const EDGE = { computeMsPerSecond: 'none', requestsPerSecond: 'none', bytesPerSecond: 'none' };

let stack: Stack;

beforeAll(async () => {
  stack = await Stack.start();
}, 120_000);

afterAll(() => stack?.stop(), 60_000);

/** Readers that each ask again as soon as they are answered, and how long they waited. */
class Flood {
  readonly failures: string[] = [];
  #times: number[] = [];
  #isRunning = true;
  readonly #loops: Promise<void>[];

  constructor(url: string, readers: number, body = BODY) {
    this.#loops = Array.from({ length: readers }, () => this.#ask(url, body));
  }

  /** Since the last time, in milliseconds. */
  p99(): number {
    const times = this.#times.sort((a, b) => a - b);
    this.#times = [];
    return times[Math.floor(times.length * 0.99)];
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    await Promise.all(this.#loops);
  }

  async #ask(url: string, body: string): Promise<void> {
    while (this.#isRunning) {
      const startedAt = performance.now();
      try {
        const response = await fetch(url, { method: 'POST', body });
        const answers = [await response.json()].flat() as { result?: string }[];
        if (!answers.every(({ result }) => result !== undefined)) {
          this.failures.push(JSON.stringify(answers).slice(0, 200));
        }
      } catch (error) {
        this.failures.push(String(error));
      }
      this.#times.push(performance.now() - startedAt);
    }
  }
}

const followers = async (chain: string) =>
  (await stack.api('GET', `/chains/${chain}`)).body.status.instances.filter(
    ({ role }: any) => role === 'follower',
  ).length;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('brings replicas up and down on request without losing a read', async () => {
  const chain = 'busy';
  await stack.createChain(chain, { limits: { edge: EDGE } });
  const flood = new Flood(stack.rpcUrl(chain), 2);
  for (const count of ['2', '0']) {
    const scaled = await stack.cli('chain', 'scale', chain, '--replicas', count, '--wait');
    expect(scaled).toMatchObject({ code: 0 });
    await waitUntil(`${count} replicas`, 60_000, async () => {
      return (await followers(chain)) === Number(count);
    });
    await pause(3_000);
  }
  await flood.stop();
  expect(flood.failures).toEqual([]);
}, 180_000);

it('grows under a flood of reads, which is answered sooner then, and shrinks back by itself, each time with its reason', async () => {
  const chain = 'flooded';
  const scale = { replicas: { min: 0, max: 1 } };
  await stack.createChain(chain, { limits: { edge: EDGE, host: HOST }, scale });
  // More than the chain computes in one period of its quota, so that they queue.
  const flood = new Flood(stack.rpcUrl(chain), 30);
  await pause(2_000);
  flood.p99();
  await pause(5_000);
  const before = flood.p99();
  expect(await followers(chain)).toBe(0);
  await waitUntil('a replica', 90_000, async () => (await followers(chain)) === 1);
  await pause(5_000);
  flood.p99();
  await pause(8_000);
  const after = flood.p99();
  await flood.stop();
  await waitUntil('quiet', 150_000, async () => (await followers(chain)) === 0);
  console.log(
    `p99 of a batch: ${before.toFixed(0)} ms alone, ${after.toFixed(0)} ms with a replica`,
  );
  expect(flood.failures).toEqual([]);
  expect(after).toBeLessThan(0.7 * before);
  const { body } = await stack.api('GET', `/chains/${chain}/events?limit=100`);
  const reasons = body.items
    .filter(({ type }: any) => type === 'chain.scaled')
    .map(({ data }: any) => data.reason);
  console.log(reasons);
  expect(reasons.length).toBeGreaterThanOrEqual(2);
}, 400_000);

it('grows in size when there is nothing else left to grow, in the same process, and shrinks to what its owner gave', async () => {
  const name = 'tight';
  const scale = { workers: { min: 3, max: 3 }, maxSize: 'medium' };
  await stack.createChain(name, { scale });
  const pid = stack.chainPid(name);
  const shown = async () => (await stack.api('GET', `/chains/${name}`)).body;
  const flood = new Flood(stack.rpcUrl(name), 16, DEAR);
  const grown = await waitUntil('a larger size', 120_000, async () => {
    const chain = await shown();
    return chain.status.scale?.size === 'medium' && chain;
  });
  expect([grown.spec.size, grown.status.limits.host.cpuPercent]).toEqual(['small', 100]);
  await flood.stop();
  await waitUntil(
    'its owner`s size',
    150_000,
    async () => (await shown()).status.scale?.size === undefined,
  );
  expect((await shown()).status.limits.host.cpuPercent).toBe(50);
  expect(stack.chainPid(name)).toBe(pid);
  const { body } = await stack.api('GET', `/chains/${name}/events?limit=100`);
  const types = body.items.map(({ type }: any) => type);
  expect(types.filter((type: string) => type === 'chain.scaled')).toHaveLength(2);
  expect(types.filter((type: string) => type === 'chain.limits')).toHaveLength(2);
}, 400_000);
