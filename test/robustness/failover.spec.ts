import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { countMined, Load } from '../load.js';
import { seed, seeded } from '../random.js';
import { signer } from '../sign.js';
import { isAlive, Stack, waitUntil } from '../stack.js';

const chain = 'pair';
/** A hundred on demand; the short run is part of `npm test`. */
const trials = Number(process.env.TEST_FAILOVERS ?? 4);
const MAX_GAP_MS = 5_000;

const random = seeded(seed);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Seen {
  readonly number: number;
  readonly hash: string;
}

/** What a client sees of the chain's newest block, through the gateway. */
class Watcher {
  readonly seen = new Map<number, Set<string>>();
  newest = 0;
  #isRunning = true;
  readonly #loops: Promise<void>[] = [];

  constructor(private readonly url: string) {}

  /** Several, since one may hang on a producer that was stopped. */
  start(): void {
    for (let i = 0; i < 3; i++) this.#loops.push(this.#watch());
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    await Promise.all(this.#loops);
  }

  get doubled(): number[] {
    return [...this.seen].filter(([, hashes]) => hashes.size > 1).map(([number]) => number);
  }

  async #watch(): Promise<void> {
    while (this.#isRunning) {
      const block = await latest(this.url).catch(() => undefined);
      if (block !== undefined) {
        const hashes = this.seen.get(block.number) ?? new Set();
        this.seen.set(block.number, hashes.add(block.hash));
        this.newest = Math.max(this.newest, block.number);
      }
      await pause(20);
    }
  }
}

async function latest(url: string, tag = 'latest'): Promise<Seen> {
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify({
      ...{ jsonrpc: '2.0', id: 1, method: 'eth_getBlockByNumber', params: [tag, false] },
    }),
    signal: AbortSignal.timeout(1_000),
  });
  const { result } = (await response.json()) as { result: { number: string; hash: string } };
  return { number: Number(result.number), hash: result.hash };
}

let stack: Stack;
let chainId: number;
let watcher: Watcher;

beforeAll(async () => {
  console.log(`${trials} failovers, TEST_SEED=${seed}`);
  stack = await Stack.start();
  const sealing = { mode: 'interval', intervalMs: 200 };
  chainId = (await stack.createChain(chain, { failover: true, sealing })).chainId;
}, 120_000);

afterAll(async () => {
  await watcher?.stop();
  await stack?.stop();
}, 60_000);

const view = async () => (await stack.api('GET', `/chains/${chain}`)).body;

function folderOf(id: string): string {
  const index = id.slice(chain.length + 1);
  return index === '0'
    ? join(stack.home, 'chains', chain)
    : join(stack.home, 'replicas', chain, index);
}

/** A thread in the kernel ends its write before it stops: the folder may fill up once more while it is emptied. */
function remove(folder: string): void {
  for (let tries = 10; existsSync(folder); tries--) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY' || tries === 0) throw error;
    }
  }
}

/** Both are there, and transactions are taken: the one is the other's standby. */
const isPair = () =>
  waitUntil('there is a pair', 60_000, async () => {
    const { status } = await view();
    if (status.instances.length !== 2) return false;
    const [follower] = status.instances.filter(({ role }: any) => role === 'follower');
    const file = join(folderOf(follower.id), 'instance.json');
    const { rpcUrl } = JSON.parse(readFileSync(file, 'utf8'));
    const response = await fetch(rpcUrl, {
      method: 'POST',
      body: '{"jsonrpc":"2.0","id":1,"method":"flotilla_status","params":[]}',
    });
    const { result } = (await response.json()) as any;
    const epoch = status.lease?.epoch ?? 1;
    return result.following?.paired === true && result.epoch === epoch && status;
  });

it('refuses what it can not keep twice, and says what can be lost', async () => {
  await isPair();
  const { status } = await view();
  expect(status.durability).toMatch(/two instances/);
}, 60_000);

it('refuses no send while it restarts, nor the one that wakes it', async () => {
  await isPair();
  const sign = signer(5);
  let nonce = 0;
  const send = () => {
    const { raw } = sign({ chainId, nonce, to: `0x${'11'.repeat(20)}` });
    nonce++;
    return stack.rpc(chain, 'eth_sendRawTransaction', [raw]);
  };
  const restarted = stack.api('POST', `/chains/${chain}/restart`);
  const until = Date.now() + 3_000;
  while (Date.now() < until) expect(await send()).toMatch(/^0x/);
  expect((await restarted).status).toBe(202);
  await isPair();
  for (let i = 0; i < 2; i++) {
    await stack.api('POST', `/chains/${chain}/sleep`);
    await waitUntil('it sleeps', 20_000, async () => (await view()).status.phase === 'Sleeping');
    expect(await send()).toMatch(/^0x/);
  }
}, 60_000);

it('goes on under the same epoch when its standby is lost, once it has another', async () => {
  const { lease, instances } = await isPair();
  // The control plane looks every fraction of this, and has seen it, too.
  await pause(1_000);
  const own = new Watcher(stack.rpcUrl(chain));
  own.start();
  const old = instances.find(({ role }: any) => role === 'follower');
  process.kill(old.pid, 'SIGSTOP');
  const stoppedAt = Date.now();
  await pause(500);
  const head = own.newest;
  await waitUntil('the next block', 20_000, async () => own.newest > head);
  const gap = Date.now() - stoppedAt;
  await own.stop();
  console.log(`without a standby (ms): ${gap}`);
  expect(gap).toBeLessThan(MAX_GAP_MS);
  expect(isAlive(old.pid)).toBe(false);
  expect((await isPair()).lease).toEqual(lease);
}, 60_000);

it('goes on under a higher epoch when its producer is lost, with all that was promised, and no block twice', async () => {
  watcher = new Watcher(stack.rpcUrl(chain));
  watcher.start();
  const loads = [0, 1, 2].map(
    (account) => new Load(stack, chain, chainId, account, { pauseMs: 5 }),
  );
  for (const load of loads) load.start();
  const gaps: number[] = [];
  let resumedAlive = 0;
  for (let trial = 0; trial < trials; trial++) {
    const { lease, instances } = await isPair();
    await pause(500 + random() * 1_000);
    const epoch = lease?.epoch ?? 1;
    const old = instances.find(({ role }: any) => role === 'producer');
    process.kill(old.pid, 'SIGSTOP');
    const stoppedAt = Date.now();
    const isDeleted = trial % 2 === 1;
    if (isDeleted) remove(folderOf(old.id));
    // What it had answered may still be on its way to us.
    await pause(30);
    const head = watcher.newest;
    await waitUntil('the next block', 20_000, async () => watcher.newest > head);
    gaps.push(Date.now() - stoppedAt);
    if (isAlive(old.pid)) {
      resumedAlive++;
      process.kill(old.pid, 'SIGCONT');
    }
    const after = await isPair();
    expect(after.lease.epoch).toBeGreaterThan(epoch);
    expect(after.lease.instance).not.toBe(old.id);
    await waitUntil('the old process has ended', 20_000, async () => !isAlive(old.pid));
  }
  for (const load of loads) await load.stop();
  await watcher.stop();
  console.log(`to the next block (ms): ${gaps.join(' ')}; continued alive: ${resumedAlive}`);
  await pause(1_000);
  const acknowledged = loads.flatMap((load) => load.acknowledged);
  console.log(`acknowledged: ${acknowledged.length}`);
  expect(watcher.doubled).toEqual([]);
  for (const [number, hashes] of watcher.seen) {
    const { hash } = await latest(stack.rpcUrl(chain), `0x${number.toString(16)}`);
    expect([...hashes]).toEqual([hash]);
  }
  expect(await countMined(stack, chain, acknowledged)).toEqual({ lost: [], doubled: [] });
  expect(Math.max(...gaps)).toBeLessThan(MAX_GAP_MS);
  expect(acknowledged.length).toBeGreaterThan(trials * 2);
  expect(resumedAlive).toBe(trials);
}, 3_600_000);
