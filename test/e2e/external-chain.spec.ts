import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { FlotillaClient, type Hex, SdkErrorCode } from '@flotilla/sdk';
import { freePort } from '@flotilla/testing';
import { JsonRpcProvider } from 'ethers';
import { repositoryRoot, Stack, waitUntil } from '../stack.js';

const CHAIN_ID = 4711;
const MEMBER_KEY: Hex = `0x${'42'.repeat(32)}`;
const STRANGERS_KEY: Hex = `0x${'43'.repeat(32)}`;

const foreign: ChildProcess[] = [];
const providers: JsonRpcProvider[] = [];
let stack: Stack;
let client: FlotillaClient;
let provider: JsonRpcProvider;

/** A chain that somebody else runs. */
async function startForeignChain(timestamp: number): Promise<JsonRpcProvider> {
  const port = await freePort();
  const binary = join(repositoryRoot, 'node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil');
  const args = ['--port', `${port}`, '--chain-id', `${CHAIN_ID}`, '--timestamp', `${timestamp}`];
  foreign.push(spawn(binary, [...args, '--silent'], { stdio: 'ignore' }));
  const connected = new JsonRpcProvider(`http://127.0.0.1:${port}`, CHAIN_ID, {
    staticNetwork: true,
  });
  providers.push(connected);
  await waitUntil('anvil answers', 10_000, async () => (await connected.getBlockNumber()) >= 0);
  return connected;
}

const anchor = (options: Partial<Parameters<FlotillaClient['anchorExternal']>[0]> = {}) =>
  client.anchorExternal({ name: 'abroad', provider, committeeKeys: [MEMBER_KEY], ...options });

beforeAll(async () => {
  [stack, provider] = await Promise.all([Stack.start(), startForeignChain(1_700_000_000)]);
  client = new FlotillaClient({ apiUrl: stack.run.apiUrl, apiKey: stack.adminKey });
}, 120_000);

afterAll(async () => {
  for (const connected of providers) connected.destroy();
  for (const child of foreign) child.kill();
  await stack?.stop();
}, 60_000);

it('registers a chain that runs elsewhere and anchors it', async () => {
  await provider.send('anvil_mine', ['0x5']);
  expect(await anchor()).toMatchObject({ index: 0, firstBlock: 0, lastBlock: 5 });
  const { spec, status } = await client.chains.get('abroad');
  expect(spec).toMatchObject({ runtime: 'external', chainId: CHAIN_ID });
  expect(status).toMatchObject({ trust: 'external-committee', rpcUrl: null });
  await waitUntil('it is safe', 20_000, async () => {
    const { safe } = (await client.chains.get('abroad')).status;
    return safe?.number === 5;
  });
}, 60_000);

it('anchors nothing twice', async () => {
  const [before] = await client.checkpoints.list('abroad');
  expect(await anchor()).toMatchObject({ index: 0, hash: before.hash });
  expect(await client.checkpoints.list('abroad')).toHaveLength(1);
}, 30_000);

it('goes on where it was, a part at a time', async () => {
  await provider.send('anvil_mine', ['0x78']);
  const first = await anchor({ maxBlocks: 100 });
  expect(first).toMatchObject({ index: 1, firstBlock: 6, lastBlock: 105 });
  const second = await anchor({ maxBlocks: 100 });
  expect(second).toMatchObject({ index: 2, firstBlock: 106, lastBlock: 125, parent: first.hash });
}, 60_000);

it('refuses a signature of somebody outside the committee', async () => {
  await provider.send('anvil_mine', ['0x1']);
  await expect(anchor({ committeeKeys: [STRANGERS_KEY] })).rejects.toMatchObject({
    code: 'WRONG_SIGNER',
    retryable: false,
  });
}, 30_000);

it('notices that the provider serves another chain', async () => {
  const impostor = await startForeignChain(1_600_000_000);
  await impostor.send('anvil_mine', ['0x100']);
  await expect(anchor({ provider: impostor })).rejects.toMatchObject({
    code: SdkErrorCode.ExternalChainMismatch,
  });
  await expect(anchor({ name: 'demo' })).rejects.toMatchObject({
    code: SdkErrorCode.ExternalChainMismatch,
  });
}, 60_000);
