import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '@flotilla/testing';
import { JsonRpcProvider } from 'ethers';
import { devWallet } from '../accounts.js';
import { repositoryRoot, Stack, waitUntil } from '../stack.js';

const chain = 'abroad';
let anvil: ChildProcess;
let stack: Stack;
let rootUrl: string;

beforeAll(async () => {
  const port = await freePort();
  rootUrl = `http://127.0.0.1:${port}`;
  const binary = join(repositoryRoot, 'node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil');
  anvil = spawn(binary, ['--port', String(port), '--silent'], { stdio: 'ignore' });
  const root = new JsonRpcProvider(rootUrl, 31_337, { staticNetwork: true });
  await waitUntil('anvil answers', 10_000, async () => (await root.getBlockNumber()) >= 0);
  root.destroy();
  stack = await Stack.start({ FLOTILLA_ROOT_RPC_URL: rootUrl, FLOTILLA_ROOT_FINALITY: 'depth:0' });
}, 120_000);

afterAll(async () => {
  await stack?.stop();
  anvil?.kill();
}, 60_000);

it('anchors on another EVM chain and proves state against it', async () => {
  await stack.createChain(chain);
  const provider = new JsonRpcProvider(stack.rpcUrl(chain), undefined, { pollingInterval: 50 });
  await (
    await devWallet(0)
      .connect(provider)
      .sendTransaction({ to: devWallet(1).address, value: 7n })
  ).wait();
  provider.destroy();
  expect((await stack.api('POST', `/chains/${chain}/checkpoints`, {})).status).toBeLessThan(300);
  await waitUntil('block 1 is final', 30_000, async () => {
    const block = await stack.rpc(chain, 'eth_getBlockByNumber', ['finalized', false]);
    return Number(block.number) >= 1;
  });
  const file = join(stack.home, 'bundle.json');
  const saved = await stack.cli(
    'checkpoint',
    'export',
    chain,
    '0',
    '--account',
    devWallet(1).address,
    '--save',
    file,
    '--json',
  );
  expect(saved).toMatchObject({ code: 0 });
  const { rootHash } = JSON.parse(saved.stdout);
  const verified = await stack.cli('checkpoint', 'verify', file, '--root-hash', rootHash, '--json');
  expect(verified).toMatchObject({ code: 0 });
}, 60_000);
