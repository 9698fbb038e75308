import { seed, seeded } from '../random.js';
import { isAlive, Stack, waitUntil } from '../stack.js';

/** `npm run robustness` asks for the full number; the short run is part of `npm test`. */
const creates = Number(process.env.TEST_KILLS ?? 6);
const random = seeded(seed);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let stack: Stack;

beforeAll(async () => {
  console.log(`${creates} creates, TEST_SEED=${seed}`);
  stack = await Stack.start();
}, 120_000);

afterAll(() => stack?.stop(), 60_000);

function killOrchestrator(): void {
  const found = stack.run.processes.find(({ name }) => name === 'orchestrator');
  if (found !== undefined && isAlive(found.pid)) process.kill(found.pid, 'SIGKILL');
}

it('ends in one healthy chain when the orchestrator is killed while it creates one', async () => {
  for (let n = 0; n < creates; n++) {
    const name = `made-${n}`;
    const creating = stack.api('POST', '/chains', { name }).catch(() => undefined);
    await pause(random() * 1_200);
    killOrchestrator();
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
