import { JsonRpcProvider } from 'ethers';
import { devWallet } from '../accounts.js';
import { Stack } from '../stack.js';

let stack: Stack;

beforeAll(async () => {
  stack = await Stack.start();
}, 120_000);

afterAll(() => stack?.stop(), 60_000);

it('gives a chain to whoever asks on the command line', async () => {
  const created = await stack.cli('chain', 'create', 'shop', '--wait', '--json');
  expect(created).toMatchObject({ code: 0 });
  expect(JSON.parse(created.stdout).status).toMatchObject({
    phase: 'Running',
    rpcUrl: stack.rpcUrl('shop'),
  });
}, 30_000);

it('puts a short load on a chain, and accounts for all of it', async () => {
  const done = await stack.cli('bench', 'shop', '--seconds', '2', '--connections', '3', '--json');
  expect(done).toMatchObject({ code: 0, stderr: '' });
  const report = JSON.parse(done.stdout);
  expect(report).toMatchObject({ chain: 'shop', missing: 0, errors: {}, mined: report.sent });
  expect(report.mined).toBeGreaterThan(10);
  expect(report.inclusionLatencyMs.p50).toBeGreaterThan(0);
  const nonce = await stack.rpc('shop', 'eth_getTransactionCount', [
    devWallet(0).address,
    'latest',
  ]);
  expect(Number(nonce)).toBeGreaterThan(3);
  const absent = await stack.cli('bench', 'nowhere', '--json');
  expect(absent).toMatchObject({ code: 4, stdout: '' });
}, 60_000);

it('takes less than 2 s (p95) from request to first mined transaction', async () => {
  const creates = 20;
  const times: number[] = [];
  for (let i = 0; i < creates; i++) {
    const startedAt = Date.now();
    const { chainId } = await stack.createChain(`shop-${i}`);
    const provider = new JsonRpcProvider(stack.rpcUrl(`shop-${i}`), chainId, {
      staticNetwork: true,
      pollingInterval: 20,
    });
    await (
      await devWallet(0)
        .connect(provider)
        .sendTransaction({ to: devWallet(1).address, value: 1n })
    ).wait();
    times.push(Date.now() - startedAt);
    provider.destroy();
  }
  times.sort((a, b) => a - b);
  console.log(`request to first mined transaction (ms): ${times.join(' ')}`);
  expect(times[Math.ceil(creates * 0.95) - 1]).toBeLessThan(2_000);
}, 120_000);
