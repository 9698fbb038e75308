import { countMined, Load } from '../load.js';
import { isAlive, Stack, waitUntil } from '../stack.js';

/** `TEST_KILLS=1000` is the full length; the short run is part of `npm test`. */
const cycles = Number(process.env.TEST_KILLS ?? 6);
const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);

function seeded(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const random = seeded(seed);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const chain = 'cycles';

let stack: Stack;
let chainId: number;

beforeAll(async () => {
  console.log(`${cycles} cycles, TEST_SEED=${seed}`);
  stack = await Stack.start({ FLOTILLA_WAKES_PER_MINUTE: '100000' });
  chainId = (await stack.createChain(chain)).chainId;
}, 120_000);

afterAll(() => stack?.stop(), 60_000);

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

const orchestratorPid = () =>
  stack.run.processes.find(({ name }) => name === 'orchestrator')?.pid ?? 0;

const awake = () =>
  waitUntil('the chain answers', 60_000, () =>
    stack.rpc(chain, 'eth_getBlockByNumber', ['0x0', false]),
  );

/** Asks for sleep or a wake; an orchestrator that was just killed answers nothing, which is part of it. */
const ask = (deed: 'sleep' | 'wake') =>
  stack.api('POST', `/chains/${chain}/${deed}`).catch(() => undefined);

it('mines every acknowledged transaction once over cycles of sleep, wake and kill -9 under traffic', async () => {
  const load = new Load(stack, chain, chainId, 5, { pauseMs: 300 });
  load.start();
  for (let cycle = 0; cycle < cycles; cycle++) {
    await pause(random() * 500);
    await ask('sleep');
    await pause(random() * 1_500);
    const deed = random();
    if (deed < 0.4) kill(stack.chainPid(chain));
    else if (deed < 0.6) kill(orchestratorPid());
    else if (deed < 0.8) await ask('wake');
    await awake();
  }
  await load.stop();
  await awake();
  await waitUntil('the pool drains', 10_000, async () => {
    const { pending } = (await stack.rpc(chain, 'flotilla_status')).txpool;
    return pending === 0;
  });
  expect(load.acknowledged.length).toBeGreaterThan(cycles / 2);
  expect(await countMined(stack, chain, load.acknowledged)).toEqual({ lost: [], doubled: [] });
}, 7_200_000);

it('ends in one healthy chain when the orchestrator is killed while it creates or wakes one', async () => {
  for (let cycle = 0; cycle < Math.min(cycles, 50); cycle++) {
    const name = `made-${cycle}`;
    const creating = stack.api('POST', '/chains', { name }).catch(() => undefined);
    await pause(random() * 1_200);
    kill(orchestratorPid());
    await creating;
    const created = await waitUntil('create answers', 60_000, async () => {
      const { status, body } = await stack.api('POST', '/chains?wait=running', { name });
      return status < 300 && body.status.phase === 'Running' && body;
    });
    expect(created.status.instances).toHaveLength(1);
    expect(isAlive(created.status.instances[0].pid)).toBe(true);
    expect(Number(await stack.rpc(name, 'eth_chainId'))).toBe(created.chainId);
    await stack.api('DELETE', `/chains/${name}`);
  }
}, 1_800_000);
