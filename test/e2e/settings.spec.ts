import { JsonRpcProvider, Wallet } from 'ethers';
import { createPublicClient, createWalletClient, defineChain, http } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { devWallet } from '../accounts.js';
import { countMined, Load } from '../load.js';
import { isAlive, Stack, waitUntil } from '../stack.js';

const chain = 'market';
const GWEI = 10n ** 9n;
const rich = Wallet.createRandom();

let stack: Stack;
let chainId: number;
let load: Load;

beforeAll(async () => {
  stack = await Stack.start();
  const created = await stack.createChain(chain, {
    token: { symbol: 'SHOP', name: 'Shop coin' },
    alloc: { [rich.address]: { balance: '1234567890' } },
  });
  chainId = created.chainId;
  expect(created.spec.token).toEqual({ symbol: 'SHOP', name: 'Shop coin', decimals: 18 });
  load = new Load(stack, chain, chainId, 5, { maxFeePerGas: 1000n * GWEI, pauseMs: 50 });
  load.start();
}, 120_000);

afterAll(async () => {
  await load?.stop();
  await stack?.stop();
}, 60_000);

const header = (number: number) =>
  stack.rpc(chain, 'eth_getBlockByNumber', [`0x${number.toString(16)}`, false]);
const baseFee = async (number: number) => BigInt((await header(number)).baseFeePerGas);
const show = async () => (await stack.api('GET', `/chains/${chain}`)).body;

async function patch(spec: Record<string, unknown>) {
  const { status, body } = await stack.api('PATCH', `/chains/${chain}?wait=running`, { spec });
  expect([status, body.code]).toEqual([200, undefined]);
  expect(body.observedGeneration).toBe(body.generation);
  expect(body.status.settings.generation).toBe(body.generation);
  return body.status.settings.fromBlock as number;
}

/** A transfer whose fees ethers and viem fill in themselves. */
async function sendWithDefaults(account: number): Promise<void> {
  const url = stack.rpcUrl(chain);
  const provider = new JsonRpcProvider(url, chainId, { staticNetwork: true, pollingInterval: 50 });
  const wallet = devWallet(account);
  try {
    const sent = await wallet.connect(provider).sendTransaction({ to: wallet.address, value: 1n });
    expect((await sent.wait())?.status).toBe(1);
  } finally {
    provider.destroy();
  }
  const network = defineChain({
    id: chainId,
    name: chain,
    nativeCurrency: { name: 'Shop coin', symbol: 'SHOP', decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  });
  const transport = http(url);
  const signer = privateKeyToAccount(devWallet(account + 1).privateKey as `0x${string}`);
  const client = createWalletClient({ account: signer, chain: network, transport });
  const hash = await client.sendTransaction({ to: signer.address, value: 1n });
  const reader = createPublicClient({ chain: network, transport, pollingInterval: 50 });
  expect((await reader.waitForTransactionReceipt({ hash })).status).toBe('success');
}

it('has its allocation from genesis on', async () => {
  expect(Number(await stack.rpc(chain, 'eth_getBalance', [rich.address, '0x0']))).toBe(1234567890);
});

it.each<[string, Record<string, unknown>, bigint]>([
  ['fixed', { mode: 'fixed', gasPrice: String(2n * GWEI) }, 2n * GWEI],
  ['eip1559', { mode: 'eip1559', gasPrice: String(3n * GWEI) }, 3n * GWEI],
  ['free', { mode: 'free' }, 0n],
  ['fixed by default', { mode: 'fixed' }, GWEI],
])(
  'changes to %s under load: from a block on, with the same process, and wallets go on',
  async (_name, fees, price) => {
    const pid = stack.chainPid(chain);
    const fromBlock = await patch({ fees });
    await sendWithDefaults(0);
    expect(stack.chainPid(chain)).toBe(pid);
    expect(await baseFee(fromBlock)).toBe(price);
    expect(await baseFee(fromBlock - 1)).not.toBe(price);
    const told = await stack.rpc(chain, 'eth_feeHistory', [1, `0x${(fromBlock - 1).toString(16)}`]);
    expect(BigInt(told.baseFeePerGas[1])).toBe(price);
    const schedule = await stack.rpc(chain, 'flotilla_settings');
    expect(schedule.at(-1)).toMatchObject({ fromBlock, fees: { mode: fees.mode } });
    if (fees.mode !== 'eip1559') {
      expect(BigInt(await stack.rpc(chain, 'eth_gasPrice'))).toBe(price);
      expect(BigInt(await stack.rpc(chain, 'eth_maxPriorityFeePerGas'))).toBe(0n);
    }
  },
  30_000,
);

it('lets only those on the lists send and deploy', async () => {
  const [sender, loader] = [devWallet(0), devWallet(5)];
  await patch({ allow: { senders: [sender.address, loader.address], deployers: [] } });
  const provider = new JsonRpcProvider(stack.rpcUrl(chain), chainId, { staticNetwork: true });
  const refusal = (tx: Promise<unknown>) =>
    tx.then(
      () => undefined,
      (error) => (error.error ?? error.info?.error)?.data?.code,
    );
  const transfer = { to: rich.address, value: 1n };
  const others = devWallet(3).connect(provider);
  expect(await refusal(others.sendTransaction(transfer))).toBe('SENDER_NOT_ALLOWED');
  expect(await refusal(others.sendTransaction({ ...transfer, gasLimit: 21_000 }))).toBe(
    'SENDER_NOT_ALLOWED',
  );
  const deployment = { data: '0x6000', gasLimit: 100_000 };
  const listed = sender.connect(provider);
  expect(await refusal(listed.sendTransaction(deployment))).toBe('DEPLOYER_NOT_ALLOWED');
  await (await listed.sendTransaction(transfer)).wait();
  const lifted = await stack.cli(
    ...['chain', 'update', chain, '--senders', 'everyone', '--deployers', 'everyone'],
    ...['--wait', '--json'],
  );
  expect(lifted).toMatchObject({ code: 0 });
  expect(JSON.parse(lifted.stdout).spec.allow).toEqual({});
  await (await listed.sendTransaction(deployment)).wait();
  provider.destroy();
}, 30_000);

it('brings nothing back that a change took out of the pool, though kill -9 follows and all may send again', async () => {
  const stranger = devWallet(3);
  const nonce = Number(await stack.rpc(chain, 'eth_getTransactionCount', [stranger.address]));
  const raw = await stranger.signTransaction({
    ...{ type: 2, chainId, nonce: nonce + 1, gasLimit: 21_000, to: rich.address },
    ...{ maxFeePerGas: 1000n * GWEI, maxPriorityFeePerGas: 0n },
  });
  const hash = await stack.rpc(chain, 'eth_sendRawTransaction', [raw]);
  const find = () => stack.rpc(chain, 'eth_getTransactionByHash', [hash]);
  const kill = async () => {
    const pid = stack.chainPid(chain);
    process.kill(pid, 'SIGKILL');
    await waitUntil('a restart', 30_000, async () => stack.chainPid(chain) !== pid);
    await waitUntil('an answer', 30_000, () => stack.rpc(chain, 'eth_chainId'));
  };
  expect(await find()).not.toBeNull();
  await patch({ allow: { senders: [devWallet(5).address] } });
  await kill();
  await patch({ allow: { senders: null } });
  await kill();
  expect(await find()).toBeNull();
}, 90_000);

it.each(['node', 'orchestrator', 'both'])(
  'comes into force once, though kill -9 hits the %s at that moment',
  async (victim) => {
    const before = await stack.rpc(chain, 'flotilla_settings');
    const price = GWEI + BigInt(before.length);
    const { body } = await stack.api('PATCH', `/chains/${chain}`, {
      spec: { fees: { mode: 'fixed', gasPrice: String(price) } },
    });
    const orchestrator = stack.run.processes.find(({ name }) => name === 'orchestrator')!;
    if (victim !== 'orchestrator') process.kill(stack.chainPid(chain), 'SIGKILL');
    if (victim !== 'node') process.kill(orchestrator.pid, 'SIGKILL');
    const now = await waitUntil('the node has the change', 30_000, async () => {
      const chain = await show();
      return chain.observedGeneration >= body.generation && chain;
    });
    const { fromBlock, generation } = now.status.settings;
    expect(generation).toBe(body.generation);
    const after = await waitUntil('the chain answers', 10_000, () =>
      stack.rpc(chain, 'flotilla_settings'),
    );
    expect(after).toEqual([...before, expect.objectContaining({ fromBlock, generation })]);
    expect(await baseFee(fromBlock)).toBe(price);
    expect(await baseFee(fromBlock - 1)).not.toBe(price);
    expect(isAlive(stack.chainPid(chain))).toBe(true);
  },
  60_000,
);

it('records every change', async () => {
  const { items } = (await stack.api('GET', `/chains/${chain}/events?limit=200`)).body;
  const recorded = items.filter(({ type }: { type: string }) => type === 'chain.settings');
  const schedule = await stack.rpc(chain, 'flotilla_settings');
  const blocks = (entries: any[]) => entries.map(({ fromBlock }) => fromBlock);
  expect(blocks(recorded.map(({ data }: any) => data)).reverse()).toEqual(
    blocks(schedule.slice(1)),
  );
});

it.each([
  [409, 'SPEC_FIELD_IMMUTABLE', { alloc: { [`0x${'aa'.repeat(20)}`]: { balance: '1' } } }],
  [409, 'SPEC_FIELD_IMMUTABLE', { chainId: 77 }],
  [400, 'INVALID_SPEC', { allow: { admins: [] } }],
  [400, 'INVALID_SPEC', { allow: { senders: ['0x12'] } }],
  [400, 'INVALID_SPEC', { fees: { mode: 'free', gasPrice: '1' } }],
])('refuses with %i %s: %j', async (status, code, spec) => {
  const answer = await stack.api('PATCH', `/chains/${chain}`, { spec });
  expect([answer.status, answer.body.code]).toEqual([status, code]);
});

it('has lost no transaction of all that', async () => {
  await load.stop();
  expect(load.acknowledged.length).toBeGreaterThan(20);
  await waitUntil('the pool drains', 10_000, async () => {
    const { pending } = (await stack.rpc(chain, 'flotilla_status')).txpool;
    return pending === 0;
  });
  expect(await countMined(stack, chain, load.acknowledged)).toEqual({ lost: [], doubled: [] });
}, 120_000);
