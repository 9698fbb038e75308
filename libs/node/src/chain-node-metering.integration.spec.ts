import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock, systemRandom } from '@flotilla/common';
import { ChainNode } from './chain-node.js';
import { parseNodeConfig } from './config/load-node-config.js';
import { spawnInProcess } from './testing/in-process-threads.js';

const folder = mkdtempSync(join(tmpdir(), 'flotilla-node-metering-'));
/** JUMPDEST PUSH0 JUMP: never ends by itself. */
const LOOP = '0x5b5f56';
const looper = '0x00000000000000000000000000000000000000aa';
const config = parseNodeConfig({
  role: 'micro',
  name: 'metered',
  chain: {
    chainId: 77_077,
    name: 'metered',
    profile: 'dev',
    alloc: { [looper]: { balance: '0', code: LOOP } },
    calls: { gasCap: '1000000000000', timeoutMs: 4_000 },
  },
});

let node: ChainNode;

async function start(): Promise<void> {
  node = await ChainNode.open(
    { folder, config, clientVersion: 'test' },
    {
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
      spawnThread: spawnInProcess,
      onThreadLost: (error) => {
        throw error;
      },
      onDeposed() {},
      onFatal: (error) => {
        throw error;
      },
    },
  );
  await node.start();
}

beforeAll(start);
afterAll(async () => {
  await node.stop();
  rmSync(folder, { recursive: true, force: true });
});

const post = (method: string, params: unknown[], headers = {}) =>
  fetch(node.rpcUrl, {
    method: 'POST',
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    headers,
  });

it('ends a call at the deadline of its request, and says what it cost', async () => {
  const response = await post('eth_call', [{ to: looper, gas: '0xe8d4a51000' }], {
    'flotilla-deadline-ms': '300',
  });
  expect(await response.json()).toMatchObject({
    error: { code: -32002, data: { code: 'DEADLINE_EXCEEDED' } },
  });
  const cost = Number(response.headers.get('flotilla-cost'));
  expect(cost).toBeGreaterThan(50_000);
  expect(cost).toBeLessThan(2_000_000);
}, 20_000);

it('gives a WebSocket its subscriptions back after a restart', async () => {
  const headers = { 'flotilla-connection': 'cd'.repeat(16) };
  const { WebSocket } = await import('ws');
  const connect = async () => {
    const socket = new WebSocket(node.rpcUrl.replace('http', 'ws'), { headers });
    const messages: { id?: number; result?: string; params?: unknown }[] = [];
    socket.on('message', (data) => messages.push(JSON.parse(String(data))));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const received = async (count: number) => {
      while (messages.length < count) await new Promise((resolve) => setTimeout(resolve, 10));
      return messages;
    };
    return { socket, received };
  };
  const before = await connect();
  const request = { jsonrpc: '2.0', id: 1, method: 'eth_subscribe', params: ['newHeads'] };
  before.socket.send(JSON.stringify(request));
  const [{ result: id }] = await before.received(1);
  await node.stop();
  await start();
  // Sealed before the connection comes again: it is told all the same.
  await post('evm_mine', []);
  const after = await connect();
  expect((await after.received(1))[0].params).toMatchObject({
    subscription: id,
    result: { number: '0x1' },
  });
  await post('evm_mine', []);
  expect((await after.received(2))[1].params).toMatchObject({
    subscription: id,
    result: { number: '0x2' },
  });
  after.socket.terminate();
}, 30_000);
