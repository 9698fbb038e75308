import { countMined, Load } from '../load.js';
import { seed, seeded } from '../random.js';
import { isAlive, Stack, waitUntil } from '../stack.js';

const chain = 'crash';
/** `npm run robustness` asks for the full number; the short run is part of `npm test`. */
const kills = Number(process.env.TEST_KILLS ?? 4);

const random = seeded(seed);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let stack: Stack;
let chainId: number;

beforeAll(async () => {
  console.log(`kill -9 ${kills} times, TEST_SEED=${seed}`);
  stack = await Stack.start();
  chainId = (await stack.createChain(chain)).chainId;
}, 120_000);

afterAll(() => stack?.stop(), 60_000);

const blockNumber = async () => Number(await stack.rpc(chain, 'eth_blockNumber'));

async function underLoad(accountIndex: number, disturb: () => Promise<void>): Promise<void> {
  const load = new Load(stack, chain, chainId, accountIndex);
  load.start();
  await disturb();
  await pause(300);
  await load.stop();
  expect(load.acknowledged.length).toBeGreaterThan(kills);
  const head = await waitUntil('the pool drains', 10_000, async () => {
    const { pending } = (await stack.rpc(chain, 'flotilla_status')).txpool;
    return pending === 0 && (await blockNumber());
  });
  expect(head).toBeGreaterThan(0);
  expect(await countMined(stack, chain, load.acknowledged)).toEqual({ lost: [], doubled: [] });
}

function processPid(name: string): number {
  const found = stack.run.processes.find((process) => process.name === name);
  if (found === undefined) throw new Error(`run.json has no process ${name}`);
  return found.pid;
}

it('brings a killed chain back within 5 s, every acknowledged transaction mined exactly once', async () => {
  const recoveries: number[] = [];
  await underLoad(0, async () => {
    for (let i = 0; i < kills; i++) {
      await pause(200 + random() * 800);
      const pid = stack.chainPid(chain);
      process.kill(pid, 'SIGKILL');
      const killedAt = Date.now();
      await waitUntil('the chain is back', 5_000, async () => {
        const now = stack.chainPid(chain);
        return now !== pid && isAlive(now) && (await stack.rpc(chain, 'eth_chainId'));
      });
      recoveries.push(Date.now() - killedAt);
    }
  });
  console.log(`recovered after (ms): ${recoveries.join(' ')}`);
}, 600_000);

it.each(['orchestrator', 'nats', 'postgres'])(
  'goes on producing when %s is killed, which comes back by itself',
  async (name) => {
    const chainPid = stack.chainPid(chain);
    const account = ['orchestrator', 'nats', 'postgres'].indexOf(name) + 1;
    await underLoad(account, async () => {
      for (let i = 0; i < kills; i++) {
        await pause(200 + random() * 300);
        const before = await blockNumber();
        const pid = processPid(name);
        process.kill(pid, 'SIGKILL');
        await waitUntil(
          'the chain seals a block meanwhile',
          3_000,
          async () => (await blockNumber()) > before,
        );
        await waitUntil(`${name} is back`, 30_000, async () => {
          const now = processPid(name);
          const listed = await stack.api('GET', `/chains/${chain}`);
          return now !== pid && isAlive(now) && listed.status === 200;
        });
      }
    });
    expect(stack.chainPid(chain)).toBe(chainPid);
    expect(isAlive(chainPid)).toBe(true);
    await waitUntil('the control plane runs the chain again', 20_000, async () => {
      const { body } = await stack.api('GET', `/chains/${chain}`);
      return body.status.phase === 'Running' && body.status.instances.length === 1;
    });
    const created = await stack.createChain(`after-${name}`);
    expect(created.status.phase).toBe('Running');
  },
  900_000,
);
