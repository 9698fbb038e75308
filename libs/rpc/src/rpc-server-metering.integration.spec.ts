import { WebSocket } from 'ws';
import { methodTable } from './method.js';
import { method } from './params/parser.js';
import { text } from './params/values.js';
import type { RpcServer, RpcServerOptions } from './rpc-server.js';
import type { Push } from './session.js';
import { call, post, TestServers } from './testing/test-servers.js';

const BUSY_MS = 30;
const ID = 'ab'.repeat(16);
const pushes = new Map<unknown, Push>();
const methods = methodTable([
  method('test_light', [], () => true),
  method('test_busy', [], () => {
    const end = performance.now() + BUSY_MS;
    while (performance.now() < end);
    return true;
  }),
  method('test_dear', [], () => true, { costMicros: 1_000_000 }),
  method('eth_subscribe', [text], ([name], { session }) =>
    session?.subscribe(
      (push) => {
        pushes.set(name, push);
        return () => pushes.delete(name);
      },
      [name],
    ),
  ),
]);

const servers = new TestServers(methods);
const start = (options?: Partial<RpcServerOptions>) => servers.start(options);

afterEach(() => servers.close());

async function open(server: RpcServer, headers = {}) {
  const socket = new WebSocket(server.wsUrl, { headers });
  const messages: string[] = [];
  socket.on('message', (data) => messages.push(String(data)));
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  const received = async (count: number) => {
    while (messages.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
    return messages.map((message) => JSON.parse(message));
  };
  return { socket, received };
}

describe('cost', () => {
  const costOf = async (server: RpcServer, body: string) =>
    Number((await post(server, body)).headers.get('flotilla-cost'));

  it('of an answer is told in microseconds', async () => {
    const server = await start();
    await costOf(server, call('test_light'));
    expect(await costOf(server, call('test_light'))).toBeLessThan(BUSY_MS * 1_000);
    expect(await costOf(server, call('test_busy'))).toBeGreaterThanOrEqual(BUSY_MS * 1_000);
    const batch = `[${call('test_busy')},${call('test_dear')}]`;
    expect(await costOf(server, batch)).toBeGreaterThanOrEqual(1_000_000 + BUSY_MS * 1_000);
  });

  it('of a WebSocket is paid here: over it is a coded error, until it is paid back', async () => {
    const server = await start({ computeMsPerSecond: 10_000, computeBurstMs: 100 });
    const { socket, received } = await open(server);
    socket.send(call('test_dear', [], 1));
    await received(1);
    socket.send(call('test_light', [], 2));
    const [first, second] = await received(2);
    expect(first).toMatchObject({ id: 1, result: true });
    expect(second).toMatchObject({
      id: 2,
      error: { code: -32005, data: { code: 'LIMIT_EXCEEDED', limit: 'computeMsPerSecond' } },
    });
    await new Promise((resolve) => setTimeout(resolve, second.error.data.retryAfterMs + 5));
    socket.send(call('test_light', [], 3));
    expect((await received(3))[2]).toMatchObject({ id: 3, result: true });
    // HTTP is paid at the edge.
    server.limit({ computeMsPerSecond: 0, computeBurstMs: 0 });
    expect(await (await post(server, call('test_light'))).json()).toMatchObject({ result: true });
    socket.terminate();
  });
});

describe('a deadline', () => {
  it('ends a batch where it is over', async () => {
    const server = await start();
    const batch = `[${[1, 2, 3, 4].map((id) => call('test_busy', [], id)).join(',')}]`;
    const response = await post(server, batch, { 'flotilla-deadline-ms': String(BUSY_MS * 2 - 5) });
    const answers = (await response.json()) as { error?: unknown }[];
    const late = answers.filter(({ error }) => error !== undefined);
    expect(late.length).toBeGreaterThanOrEqual(2);
    expect(late.at(-1)).toMatchObject({
      id: 4,
      error: { code: -32002, data: { code: 'DEADLINE_EXCEEDED' } },
    });
  });

  it('may be a point in time: over before a process that stood still has read the request', async () => {
    const server = await start();
    const headers = { 'flotilla-deadline-at': String(Date.now() - 1) };
    const response = await post(server, call('test_busy', []), headers);
    expect(await response.json()).toMatchObject({ error: { data: { code: 'DEADLINE_EXCEEDED' } } });
  });
});

describe('a WebSocket that the gateway has named', () => {
  it('goes on in the next process with the same subscriptions', async () => {
    const before = await start();
    const { socket, received } = await open(before, { 'flotilla-connection': ID });
    socket.send(call('eth_subscribe', ['newHeads']));
    const [{ result: id }] = await received(1);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const parked = await before.close(2_000);
    expect(await closed).toBe(4001);
    expect(parked).toEqual({ [ID]: [{ id, params: ['newHeads'] }] });
    expect(pushes.size).toBe(0);
    const after = await start({ parked });
    const again = await open(after, { 'flotilla-connection': ID });
    while (pushes.size === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    pushes.get('newHeads')?.('"news"');
    expect(await again.received(1)).toMatchObject([
      { method: 'eth_subscription', params: { subscription: id, result: 'news' } },
    ]);
    expect(await after.close(2_000)).toEqual(parked);
  });

  it('is remembered for another process if it has not come again yet', async () => {
    const parked = { [ID]: [{ id: '0x1', params: ['newHeads'] }] };
    expect(await (await start({ parked })).close(100)).toEqual(parked);
  });

  it('gets all that it asked for before it is parked', async () => {
    const server = await start();
    const { socket, received } = await open(server, { 'flotilla-connection': ID });
    for (let id = 0; id < 20; id++) socket.send(call('test_busy', [], id));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await server.close(5_000);
    expect((await received(20)).map(({ id }) => id)).toEqual(
      Array.from({ length: 20 }, (_, i) => i),
    );
  });

  it('is closed as ever without a name', async () => {
    const server = await start();
    const { socket } = await open(server);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    expect(await server.close(2_000)).toEqual({});
    expect(await closed).toBe(1001);
  });
});
