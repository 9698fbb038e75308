import { WebSocket } from 'ws';
import { countMined, Load } from '../load.js';
import { isAlive, Stack, waitUntil } from '../stack.js';

const SLOT_MS = 1_000;
const QUICK_MS = 200;
const interval = (intervalMs: number) => ({ mode: 'interval', intervalMs });
/** Two neighbours, and the one that is changed while all three are in use. */
const NEIGHBOURS = ['left', 'right'];
const CHANGED = 'changed';
const ALL = [...NEIGHBOURS, CHANGED];

let stack: Stack;
const loads = new Map<string, Load>();
const arrivals = new Map<string, number[]>();
const sockets: WebSocket[] = [];
let readers: Readers;

/** Ask again and again, as those who use the chain do; what is refused is noted. */
class Readers {
  readonly refusals: string[] = [];
  answers = 0;
  #isRunning = true;
  readonly #loops: readonly Promise<void>[];

  constructor(count: number) {
    this.#loops = Array.from({ length: count }, () => this.#run());
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    await Promise.all(this.#loops);
  }

  async #run(): Promise<void> {
    while (this.#isRunning) {
      try {
        await stack.rpc(CHANGED, 'eth_getBlockByNumber', ['latest', true]);
        this.answers++;
      } catch (error) {
        this.refusals.push(String(error));
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** When each block was heard of. */
async function listen(chain: string): Promise<void> {
  const times: number[] = [];
  arrivals.set(chain, times);
  const socket = new WebSocket(stack.rpcUrl(chain).replace(/^http/, 'ws'));
  sockets.push(socket);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.on('message', (data) => {
    if (JSON.parse(String(data)).method === 'eth_subscription') times.push(performance.now());
  });
  socket.send(
    JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_subscribe', params: ['newHeads'] }),
  );
}

const gaps = (times: readonly number[]) => times.slice(1).map((time, i) => time - times[i]);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const head = async () => Number(await stack.rpc(CHANGED, 'eth_blockNumber'));

async function patch(spec: Record<string, unknown>) {
  const { status, body } = await stack.api('PATCH', `/chains/${CHANGED}?wait=running`, { spec });
  expect([status, body.code, body.observedGeneration]).toEqual([200, undefined, body.generation]);
  await pause(2 * SLOT_MS);
  return body;
}

beforeAll(async () => {
  stack = await Stack.start();
  const sealing = interval(SLOT_MS);
  const created = await Promise.all(ALL.map((name) => stack.createChain(name, { sealing })));
  for (const [i, name] of ALL.entries()) {
    loads.set(name, new Load(stack, name, created[i].chainId, i, { pauseMs: 10 }));
    await listen(name);
    loads.get(name)?.start();
  }
  readers = new Readers(6);
  await pause(2 * SLOT_MS);
}, 120_000);

afterAll(async () => {
  for (const socket of sockets) socket.close();
  await Promise.all([...loads.values()].map((load) => load.stop()));
  await readers?.stop();
  await stack?.stop();
}, 60_000);

it('resizes, and takes other limits, in the same process', async () => {
  const pid = stack.chainPid(CHANGED);
  const { status } = await patch({ size: 'medium' });
  expect(status.limits.host.cpuPercent).toBe(100);
  await patch({ limits: { node: { batch: 50 }, host: { cpuPercent: 80 } } });
  expect(stack.chainPid(CHANGED)).toBe(pid);
}, 30_000);

it('changes its block time in the same process, from a block on', async () => {
  const pid = stack.chainPid(CHANGED);
  const { status } = await patch({ sealing: interval(QUICK_MS) });
  const first = await head();
  await pause(2_000);
  expect(((await head()) - first) * QUICK_MS).toBeGreaterThan(1_200);
  expect(stack.chainPid(CHANGED)).toBe(pid);
  const schedule = await stack.rpc(CHANGED, 'flotilla_settings');
  expect(schedule.at(-1)).toMatchObject({
    fromBlock: status.settings.fromBlock,
    sealing: interval(QUICK_MS),
  });
}, 30_000);

it('gets another process on request, as for a new version, and keeps its block time', async () => {
  const pid = stack.chainPid(CHANGED);
  const { code } = await stack.cli('chain', 'restart', CHANGED, '--wait');
  expect(code).toBe(0);
  expect(stack.chainPid(CHANGED)).not.toBe(pid);
  expect(isAlive(pid)).toBe(false);
  const first = await head();
  await pause(2_000);
  expect(((await head()) - first) * QUICK_MS).toBeGreaterThan(1_200);
}, 30_000);

it('lost none of its transactions and refused nobody, and its neighbours missed no slot', async () => {
  await Promise.all([...loads.values()].map((load) => load.stop()));
  await readers.stop();
  const worst = NEIGHBOURS.map((name) => Math.max(...gaps(arrivals.get(name) ?? [])));
  const sent = ALL.map((name) => loads.get(name)?.acknowledged.length ?? 0);
  console.log(`worst gaps ${worst.map(Math.round)} ms; ${sent} sent; ${readers.answers} reads`);
  expect(readers.refusals).toEqual([]);
  for (const gap of worst) expect(gap).toBeLessThan(1.5 * SLOT_MS);
  for (const [i, name] of ALL.entries()) {
    expect(sent[i]).toBeGreaterThan(50);
    await waitUntil('an empty pool', 10_000, async () => {
      const { pending } = await stack.rpc(name, 'txpool_status');
      return Number(pending) === 0;
    });
    const { lost, doubled } = await countMined(stack, name, loads.get(name)?.acknowledged ?? []);
    expect([lost, doubled]).toEqual([[], []]);
  }
}, 60_000);
