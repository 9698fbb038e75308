import { WebSocket } from 'ws';
import { devWallet } from '../accounts.js';
import { countMined } from '../load.js';
import { signer } from '../sign.js';
import { isAlive, Stack, waitUntil } from '../stack.js';

const chain = 'sleepy';
const account = devWallet(3).address;
const sign = signer(3);

let stack: Stack;
let chainId: number;
let nonce = 0;

beforeAll(async () => {
  stack = await Stack.start();
  chainId = (await stack.createChain(chain)).chainId;
}, 120_000);

afterAll(() => stack?.stop(), 60_000);

const resource = async () => (await stack.api('GET', `/chains/${chain}`)).body;

/** The phase alone may still be that of the sleep before. */
async function sleeps(): Promise<boolean> {
  const { status, generation, observedGeneration } = await resource();
  return status.phase === 'Sleeping' && generation === observedGeneration;
}

async function fallAsleep(): Promise<void> {
  const pid = stack.chainPid(chain);
  const { status } = await stack.api('POST', `/chains/${chain}/sleep`);
  expect(status).toBe(202);
  await waitUntil('the chain sleeps', 30_000, sleeps);
  expect(isAlive(pid)).toBe(false);
}

async function send(): Promise<string> {
  const { raw, hash } = sign({ chainId, nonce: nonce++, to: account, value: 1n });
  expect(await stack.rpc(chain, 'eth_sendRawTransaction', [raw])).toBe(hash);
  return hash;
}

const generation = async () => (await resource()).generation as number;

it('sleeps with everything anchored, and the first request wakes it with its state', async () => {
  const hash = await send();
  const before = await stack.rpc(chain, 'eth_getTransactionReceipt', [hash]);
  await fallAsleep();
  const { body } = await stack.api('GET', `/chains/${chain}/checkpoints`);
  expect(body.items[0].checkpoint.status).toBe(1);
  const { status } = await resource();
  expect(status.safe.number).toBe(status.head.number);
  expect(await stack.rpc(chain, 'eth_getTransactionReceipt', [hash])).toEqual(before);
  expect(Number(await stack.rpc(chain, 'eth_getTransactionCount', [account, 'latest']))).toBe(
    nonce,
  );
  expect((await resource()).status.phase).toBe('Running');
}, 60_000);

it('answers what wallets poll without waking', async () => {
  await fallAsleep();
  const asleep = await generation();
  const { head } = (await resource()).status;
  for (let i = 0; i < 20; i++) {
    expect(Number(await stack.rpc(chain, 'eth_chainId'))).toBe(chainId);
    expect(Number(await stack.rpc(chain, 'eth_blockNumber'))).toBe(head.number);
    const latest = await stack.rpc(chain, 'eth_getBlockByNumber', ['latest', false]);
    expect(latest.hash).toBe(head.hash);
  }
  expect(await generation()).toBe(asleep);
}, 60_000);

it('is woken once by many requests at the same time, and answers every one', async () => {
  const asleep = await generation();
  expect((await resource()).status.phase).toBe('Sleeping');
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => stack.rpc(chain, 'eth_getBalance', [account, 'latest'])),
  );
  expect(new Set(answers).size).toBe(1);
  expect(await generation()).toBe(asleep + 1);
}, 60_000);

it('takes every transaction that arrives while it falls asleep', async () => {
  const hashes: string[] = [];
  let isSending = true;
  const sending = (async () => {
    while (isSending) hashes.push(await send());
  })();
  await stack.api('POST', `/chains/${chain}/sleep`);
  await waitUntil('it was woken again', 30_000, async () => {
    const { body } = await stack.api('GET', `/chains/${chain}/events?limit=20`);
    const { data } = body.items.find((event: any) => event.data.desired !== undefined);
    return data.desired === 'running' && (await resource()).status.phase === 'Running';
  });
  isSending = false;
  await sending;
  expect(hashes.length).toBeGreaterThan(1);
  expect(await countMined(stack, chain, hashes)).toEqual({ lost: [], doubled: [] });
}, 60_000);

it('wakes for a checkpoint, and for settings that only its node can change', async () => {
  await fallAsleep();
  expect((await stack.api('POST', `/chains/${chain}/checkpoints`, {})).status).toBe(202);
  expect((await resource()).status.phase).toBe('Running');
  await fallAsleep();
  const spec = { fees: { mode: 'fixed', gasPrice: '7' } };
  await stack.api('PATCH', `/chains/${chain}?wait=running`, { spec });
  expect(await stack.rpc(chain, 'eth_gasPrice')).toBe('0x7');
  await stack.api('PATCH', `/chains/${chain}?wait=running`, { spec: { fees: { mode: 'free' } } });
}, 90_000);

it('says that a change is in force only when the gateway knows it', async () => {
  await fallAsleep();
  const { pid } = stack.run.processes.find(({ name }) => name === 'gateway') ?? { pid: 0 };
  let isAnswered = false;
  process.kill(pid, 'SIGSTOP');
  try {
    const spec = { fees: { mode: 'fixed', gasPrice: '9' } };
    const changing = stack.api('PATCH', `/chains/${chain}?wait=running`, { spec }).then(() => {
      isAnswered = true;
    });
    await waitUntil('it runs', 20_000, async () => (await resource()).status.phase === 'Running');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(isAnswered).toBe(false);
    process.kill(pid, 'SIGCONT');
    await changing;
    expect(await stack.rpc(chain, 'eth_gasPrice')).toBe('0x9');
    const { items } = (await stack.api('GET', `/chains/${chain}/blocks?limit=1`)).body;
    expect(Number(await stack.rpc(chain, 'eth_blockNumber'))).toBe(items[0].number);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await stack.api('PATCH', `/chains/${chain}?wait=running`, { spec: { fees: { mode: 'free' } } });
}, 60_000);

it('wakes for a WebSocket request, and goes to sleep by itself when nobody uses it', async () => {
  await fallAsleep();
  const socket = new WebSocket(stack.rpcUrl(chain).replace(/^http/, 'ws'));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const answer = new Promise<string>((resolve) => socket.once('message', (m) => resolve(`${m}`)));
  const params = [account, 'latest'];
  socket.send(JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'eth_getBalance', params }));
  const balance = await stack.rpc(chain, 'eth_getBalance', params);
  expect(JSON.parse(await answer)).toEqual({ jsonrpc: '2.0', id: 7, result: balance });
  socket.terminate();
  await stack.api('PATCH', `/chains/${chain}`, { spec: { sleep: { afterSeconds: 5 } } });
  await waitUntil('it sleeps', 40_000, async () => {
    // A wallet that polls does not keep it awake.
    await stack.rpc(chain, 'eth_blockNumber');
    return sleeps();
  });
}, 90_000);

it('sleeps beside a hundred idle wallets, whose subscriptions go on when it wakes', async () => {
  const url = stack.rpcUrl(chain).replace(/^http/, 'ws');
  const request = (id: number, method: string, params: unknown[] = []) =>
    JSON.stringify({ jsonrpc: '2.0', id, method, params });
  const wallets = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const socket = new WebSocket(url);
      const messages: any[] = [];
      socket.on('message', (text) => messages.push(JSON.parse(`${text}`)));
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
      socket.send(request(1, 'eth_subscribe', ['newHeads']));
      await waitUntil('subscribed', 20_000, async () => messages.length > 0);
      const polling = setInterval(() => socket.send(request(2, 'eth_blockNumber')), 1_000);
      socket.once('close', () => clearInterval(polling));
      return { socket, messages, subscription: messages[0].result as string };
    }),
  );
  await waitUntil('it sleeps', 60_000, sleeps);
  const asleep = await generation();
  const polled = wallets[0].messages.length;
  await waitUntil('polls', 10_000, async () => wallets[0].messages.length > polled + 2);
  expect(await generation()).toBe(asleep);
  for (const { messages } of wallets) messages.splice(0);
  await send();
  const heard = ({ messages, subscription }: (typeof wallets)[number]) =>
    messages.some(({ params }) => params?.subscription === subscription);
  // Also those who are joined again only after it was mined.
  await waitUntil('every wallet hears of the block', 20_000, async () => wallets.every(heard));
  for (const { socket } of wallets) {
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.terminate();
  }
}, 120_000);

it('wakes without its root, and stays paused when it is paused', async () => {
  await waitUntil('asleep', 20_000, sleeps);
  const { pid } = stack.run.processes.find(({ name }) => name === 'root') ?? { pid: 0 };
  process.kill(pid, 'SIGSTOP');
  try {
    expect(await stack.rpc(chain, 'eth_getBalance', [account, 'latest'])).toMatch(/^0x/);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await stack.api('POST', `/chains/${chain}/pause`);
  await waitUntil('paused', 30_000, async () => (await resource()).status.phase === 'Paused');
  expect((await stack.api('POST', `/chains/${chain}/wake`)).body.code).toBe('WRONG_PHASE');
  await expect(stack.rpc(chain, 'eth_getBalance', [account, 'latest'])).rejects.toMatchObject({
    data: { code: 'CHAIN_PAUSED' },
  });
}, 90_000);
