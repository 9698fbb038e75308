import { renameSync, writeFileSync } from 'node:fs';
import { Agent, type ClientRequest, request } from 'node:http';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { cpuSeconds } from '../cpu.js';
import { Stack, waitUntil } from '../stack.js';

let stack: Stack;

beforeAll(async () => {
  stack = await Stack.start();
}, 120_000);

afterAll(() => stack?.stop(), 60_000);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends one call; `done` gets how many milliseconds the answer took, or undefined when there was none. */
function send(
  url: string,
  agent: Agent,
  call: { method: string; params?: unknown[] },
  done: (tookMs: number | undefined) => void,
): ClientRequest {
  const startedAt = performance.now();
  const headers = { 'content-type': 'application/json' };
  const sent = request(url, { agent, method: 'POST', headers }, (response) => {
    response.resume();
    response.once('end', () => {
      done(response.statusCode === 200 ? performance.now() - startedAt : undefined);
    });
  });
  sent.on('error', () => done(undefined));
  sent.end(JSON.stringify({ jsonrpc: '2.0', id: 1, params: [], ...call }));
  return sent;
}

describe('a chain that wants keys', () => {
  const status = async (path: string) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] });
    return (await fetch(stack.rpcUrl(path), { method: 'POST', body })).status;
  };
  const newKey = async (role: string, tenant?: string) =>
    (await stack.api('POST', '/keys', { role, tenant })).body as { id: string; key: string };

  it('opens to keys of its tenant as soon as they are there, and closes when they are revoked', async () => {
    const owner = await newKey('tenant', 'acme');
    await stack.createChain('vault', { access: 'keys' }, owner.key);
    const visitor = await newKey('rpc', 'acme');
    const stranger = await newKey('rpc', 'other');
    expect(await status('vault')).toBe(401);
    expect(await status(`vault/${stranger.key}`)).toBe(403);
    expect(await status(`vault/${owner.key}`)).toBe(200);
    expect(await status(`vault/${visitor.key}`)).toBe(200);
    expect((await stack.api('GET', '/chains', undefined, visitor.key)).status).toBe(403);
    const url = `${stack.rpcUrl('vault').replace(/^http/, 'ws')}/${visitor.key}`;
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    await stack.api('DELETE', `/keys/${visitor.id}`);
    expect(await status(`vault/${visitor.key}`)).toBe(401);
    expect(await closed).toBe(1008);
  }, 60_000);

  it('is open to everybody once its spec says so', async () => {
    await stack.api('PATCH', '/chains/vault?wait=running', { spec: { access: 'public' } });
    expect(await status('vault')).toBe(200);
    await stack.api('PATCH', '/chains/vault?wait=running', { spec: { access: 'keys' } });
    expect(await status('vault')).toBe(401);
  }, 60_000);
});

it('stops the calls of callers who have gone', async () => {
  const to = '0x00000000000000000000000000000000000000aa';
  await stack.createChain('busy');
  const agent = new Agent();
  let answered = 0;
  const call = (code: string) => {
    const params = [{ to, gas: '0x2faf080' }, 'latest', { [to]: { code } }];
    return send(stack.rpcUrl('busy'), agent, { method: 'eth_call', params }, () => answered++);
  };
  // JUMPDEST, and back to it, for as long as there is gas: first of all the threads have to start.
  for (let i = 0; i < 20; i++) call('0x5b600056');
  await waitUntil('all are answered', 20_000, async () => answered === 20);
  // Hashes 32 bytes in between: for seconds.
  const calls = Array.from({ length: 60 }, () => call('0x5b60205f2050600056'));
  const pid = stack.chainPid('busy');
  const before = cpuSeconds(pid);
  await waitUntil('it computes', 20_000, async () => cpuSeconds(pid) - before > 0.3);
  expect(answered).toBe(20);
  for (const sent of calls) sent.destroy();
  agent.destroy();
  await pause(500);
  const since = cpuSeconds(pid);
  await pause(1_500);
  expect(cpuSeconds(pid) - since).toBeLessThan(0.15);
}, 60_000);

describe('beside a dead, a sleeping and a slow chain', () => {
  const WINDOW_MS = 1_500;
  const ROUNDS = 4;
  const NEIGHBOURS = ['dead', 'asleep', 'slow'];

  interface Window {
    readonly perSecond: number;
    readonly p50: number;
    readonly p99: number;
  }

  beforeAll(async () => {
    // As fast as the machine can: its own limits would be in the way.
    await stack.createChain('healthy', { size: 'dedicated' });
    for (const name of NEIGHBOURS) await stack.createChain(name);
    const folder = join(stack.home, 'chains', 'dead');
    const pid = stack.chainPid('dead');
    renameSync(folder, `${folder}.lost`);
    writeFileSync(folder, 'nothing starts here');
    process.kill(pid, 'SIGKILL');
    await stack.api('POST', '/chains/asleep/sleep');
    await waitUntil('it sleeps', 30_000, async () => {
      return (await stack.api('GET', '/chains/asleep')).body.status.phase === 'Sleeping';
    });
  }, 120_000);

  /** What a client of the healthy chain with so many connections gets in one window. */
  async function use(connections: number): Promise<Window> {
    const agent = new Agent({ keepAlive: true });
    const times: number[] = [];
    const endAt = performance.now() + WINDOW_MS;
    const url = stack.rpcUrl('healthy');
    const one = async () => {
      while (performance.now() < endAt) {
        const tookMs = await new Promise<number | undefined>((resolve) => {
          send(url, agent, { method: 'eth_blockNumber' }, resolve);
        });
        expect(tookMs).toBeDefined();
        times.push(tookMs as number);
      }
    };
    await Promise.all(Array.from({ length: connections }, one));
    agent.destroy();
    times.sort((a, b) => a - b);
    const quantile = (part: number) => times[Math.floor(part * (times.length - 1))];
    return {
      perSecond: times.length / (WINDOW_MS / 1_000),
      p50: quantile(0.5),
      p99: quantile(0.99),
    };
  }

  /** Keeps asking the others, 50 times a second each, whether they answer or not, while `work` goes on. */
  async function beside<Result>(work: () => Promise<Result>): Promise<Result> {
    const slow = stack.chainPid('slow');
    const agent = new Agent();
    process.kill(slow, 'SIGSTOP');
    const asking = setInterval(() => {
      for (const name of NEIGHBOURS) {
        send(stack.rpcUrl(name), agent, { method: 'eth_blockNumber' }, () => {});
      }
    }, 20);
    try {
      return await work();
    } finally {
      clearInterval(asking);
      process.kill(slow, 'SIGCONT');
      agent.destroy();
    }
  }

  const median = (values: readonly number[]) =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

  it('a healthy chain is served at full speed', async () => {
    await use(8);
    const alone: Window[] = [];
    const accompanied: Window[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      alone.push(await use(8));
      accompanied.push(await beside(() => use(8)));
    }
    const ratio = (of: (window: Window) => number) =>
      median(accompanied.map(of)) / median(alone.map(of));
    const figures = {
      throughput: ratio(({ perSecond }) => perSecond),
      p50: ratio(({ p50 }) => p50),
      p99: ratio(({ p99 }) => p99),
    };
    console.info('beside the three, as a part of alone', figures, alone[0], accompanied[0]);
    expect(figures.throughput).toBeGreaterThan(0.6);
    expect(figures.p50).toBeLessThan(1.7);
    expect(figures.p99).toBeLessThan(4);
    const { phase } = (await stack.api('GET', '/chains/asleep')).body.status;
    expect(phase).toBe('Sleeping');
  }, 90_000);
});
