import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { DEFAULT_LIMITS } from './limits/default-limits.js';
import { startTestGateway, type TestGateway } from './testing/test-gateway.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let gateway: TestGateway;
let upstream: Server;
let upstreamUrl: string;
let seen: IncomingMessage['headers'][];
let cost: number;
const sockets: Socket[] = [];

beforeEach(async () => {
  seen = [];
  cost = 0;
  upstream = createServer((incoming, response) => {
    seen.push(incoming.headers);
    if (cost > 0) response.setHeader('flotilla-cost', String(cost));
    incoming.pipe(response);
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  upstreamUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  gateway = await startTestGateway({
    connections: { stallMs: 300, minBytes: 1_000, maxStrangers: 20 },
  });
  limit({});
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await gateway.close();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

function limit(limits: Partial<typeof DEFAULT_LIMITS>, name = 'shop', url = upstreamUrl): void {
  gateway.route(name, url, { limits: { ...DEFAULT_LIMITS, ...limits } });
}

const post = (path: string, body = '{}', headers = {}) =>
  fetch(gateway.url + path, { method: 'POST', body, headers });

async function answer(response: Response) {
  const { error } = (await response.json()) as { error?: { code: number; data: unknown } };
  return { status: response.status, code: error?.code, data: error?.data };
}

function open(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(gateway.port, '127.0.0.1', () => resolve(socket));
    socket.on('error', reject);
    sockets.push(socket);
  });
}

const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

describe('over a limit', () => {
  it('is 429 with Retry-After, -32005 and the name of the limit', async () => {
    limit({ requestsPerSecond: 0.5, requestBurst: 1 });
    expect((await post('/shop')).status).toBe(200);
    const refused = await post('/shop');
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(await answer(refused)).toMatchObject({
      status: 429,
      code: -32005,
      data: { code: 'LIMIT_EXCEEDED', limit: 'requestsPerSecond', retryable: true },
    });
    expect(gateway.refused).toEqual(['shop requestsPerSecond']);
    expect(seen).toHaveLength(1);
  });

  it('is one chain only', async () => {
    limit({ requestsPerSecond: 0, requestBurst: 0 });
    limit({}, 'game');
    await post('/shop');
    expect((await post('/shop')).status).toBe(429);
    expect((await post('/game')).status).toBe(200);
  });

  it('comes and goes with the route', async () => {
    limit({ requestsPerSecond: 0.01, requestBurst: 1 });
    await post('/shop');
    expect((await post('/shop')).status).toBe(429);
    limit({ requestsPerSecond: null, requestBurst: null });
    expect((await post('/shop')).status).toBe(200);
  });

  it("is also what the node's answers cost", async () => {
    limit({ computeMsPerSecond: 10, computeBurstMs: 10 });
    cost = 1_000_000;
    expect((await post('/shop')).status).toBe(200);
    const refused = await answer(await post('/shop'));
    expect(refused).toMatchObject({ status: 429, data: { limit: 'computeMsPerSecond' } });
    const { retryAfterMs } = refused.data as { retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(90_000);
    expect(retryAfterMs).toBeLessThanOrEqual(99_000);
  });

  it('is bytes in both directions', async () => {
    limit({ bytesPerSecond: 1_000 });
    expect((await post('/shop', 'x'.repeat(20_000))).status).toBe(200);
    const refused = await answer(await post('/shop'));
    expect(refused).toMatchObject({ status: 429, data: { limit: 'bytesPerSecond' } });
    expect((refused.data as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(30_000);
  });

  it("is one key's share", async () => {
    limit({ requestsPerSecond: 0.001, requestBurst: 4, keyShare: 0.5 });
    gateway.keys.replaceAll(['one', 'two'].map((key) => ({ hash: sha256(key), tenant: null })));
    const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
    const statuses = async (headers: object, path = '/shop') =>
      [
        await post(path, '{}', headers),
        await post(path, '{}', headers),
        await post(path, '{}', headers),
      ].map(({ status }) => status);
    expect(await statuses(bearer('one'))).toEqual([200, 200, 429]);
    // The same key in the URL is the same client.
    expect((await post('/shop/one')).status).toBe(429);
    expect(await statuses({}, '/shop/two')).toEqual([200, 200, 429]);
    expect(new Set(seen.map((headers) => headers['flotilla-client'])).size).toBe(2);
    expect(JSON.stringify(seen)).not.toContain('"one"');
  });

  it('is the share of the address for whoever makes keys up', async () => {
    limit({ requestsPerSecond: 0.001, requestBurst: 4, keyShare: 0.5 });
    gateway.keys.replaceAll([]);
    const statuses = [];
    for (const path of ['/shop', '/shop/one', '/shop/two']) {
      statuses.push((await post(path)).status);
    }
    expect(statuses).toEqual([200, 200, 429]);
  });
});

describe('connections', () => {
  it('are so many per chain; the one that was idle for longest makes room', async () => {
    limit({ connections: 2 });
    const idle = await open();
    idle.write('POST /shop HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}');
    await new Promise((resolve) => idle.once('data', resolve));
    const busy = [await open(), await open()];
    for (const socket of busy) {
      socket.write('POST /shop HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n');
    }
    await closed(idle);
    expect(await answer(await post('/shop'))).toMatchObject({
      status: 429,
      data: { limit: 'connections' },
    });
    limit({}, 'game');
    expect((await post('/game')).status).toBe(200);
  });

  it('that say nothing make room for those that do', async () => {
    const silent = [];
    for (let i = 0; i < 20; i++) silent.push(await open());
    const first = closed(silent[0]);
    expect((await post('/shop')).status).toBe(200);
    await first;
  });

  it('end when their request stops half-way', async () => {
    const socket = await open();
    socket.resume().write('POST /shop HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{');
    const begun = Date.now();
    await closed(socket);
    expect(Date.now() - begun).toBeLessThan(5_000);
  });

  it('end when nobody reads the answer', async () => {
    upstream.removeAllListeners('request');
    upstream.on('request', (_, response) => response.end(Buffer.alloc(30_000_000)));
    const socket = await open();
    socket.write('GET /shop HTTP/1.1\r\nhost: x\r\n\r\n');
    socket.pause();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    socket.resume();
    let read = 0;
    socket.on('data', (chunk) => {
      read += chunk.length;
    });
    await closed(socket);
    expect(read).toBeLessThan(30_000_000);
  });

  it('may not send an endless row of requests without waiting for answers', async () => {
    limit({ inFlight: 1 });
    upstream.removeAllListeners('request');
    const socket = await open();
    socket.resume().write('GET /shop HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(50));
    await closed(socket);
  });
});

describe('requests at once', () => {
  it('are so many per chain; more wait their turn and are not lost', async () => {
    limit({ inFlight: 2 });
    let now = 0;
    let most = 0;
    upstream.removeAllListeners('request');
    upstream.on('request', (incoming, response) => {
      most = Math.max(most, ++now);
      setTimeout(() => {
        now--;
        incoming.pipe(response);
      }, 20);
    });
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => post('/shop', `${i}`)));
    expect(await Promise.all(answers.map((response) => response.text()))).toEqual(
      Array.from({ length: 10 }, (_, i) => `${i}`),
    );
    expect(most).toBe(2);
  });
});

describe('bodies that hardly come', () => {
  const dribble = async (length: number) => {
    const socket = await open();
    socket.write(`POST /shop HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n{`);
    await pause(20);
  };

  it.each([
    ['short', 5_000],
    ['long', 100_000],
  ])('take no places from others (%s ones)', async (_, length) => {
    limit({ inFlight: 2 });
    for (let i = 0; i < 3; i++) await dribble(length);
    const begun = Date.now();
    expect((await post('/shop')).status).toBe(200);
    expect(Date.now() - begun).toBeLessThan(900);
  });
});

describe('a deadline', () => {
  it('goes to the chain as a point in time', async () => {
    const before = Date.now();
    await post('/shop', '{}', { 'flotilla-deadline-ms': '5000' });
    const at = Number(seen[0]['flotilla-deadline-at']);
    expect(at).toBeGreaterThanOrEqual(before + 5_000);
    expect(at).toBeLessThanOrEqual(Date.now() + 5_000);
  });

  it('is over for the client as well when the chain is silent', async () => {
    upstream.removeAllListeners('request');
    const begun = Date.now();
    const late = await answer(await post('/shop', '{}', { 'flotilla-deadline-ms': '100' }));
    expect(late).toMatchObject({ status: 504, data: { code: 'DEADLINE_EXCEEDED' } });
    expect(Date.now() - begun).toBeLessThan(2_000);
  });

  it('keeps what comes too late from the chain', async () => {
    gateway.route('shop', undefined, { phase: 'Provisioning' });
    setTimeout(() => limit({}), 200);
    const late = await answer(await post('/shop', '{}', { 'flotilla-deadline-ms': '50' }));
    expect(late).toMatchObject({ status: 504, data: { code: 'DEADLINE_EXCEEDED' } });
    expect(seen).toEqual([]);
  });

  it('is whole milliseconds', async () => {
    const headers = { 'flotilla-deadline-ms': 'soon' };
    expect((await answer(await post('/shop', '{}', headers))).data).toMatchObject({
      code: 'MALFORMED_REQUEST',
    });
  });
});

it('slows a WebSocket down that is over a limit, says so, and loses nothing', async () => {
  const server = new WebSocketServer({ server: upstream });
  server.on('connection', (socket) => socket.on('message', (data) => socket.send(String(data))));
  limit({ requestsPerSecond: 20, requestBurst: 10 });
  const client = new WebSocket(`${gateway.url.replace('http', 'ws')}/shop`);
  const messages: string[] = [];
  client.on('message', (data) => messages.push(String(data)));
  await new Promise((resolve) => client.once('open', resolve));
  for (let i = 0; i < 15; i++) client.send(`${i}`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (let i = 15; i < 20; i++) client.send(`${i}`);
  const begun = Date.now();
  while (!messages.includes('19')) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(Date.now() - begun).toBeGreaterThan(100);
  expect(messages.filter((text) => !text.includes('error'))).toEqual(
    Array.from({ length: 20 }, (_, i) => `${i}`),
  );
  expect(messages.find((text) => text.includes('LIMIT_EXCEEDED'))).toContain('requestsPerSecond');
  client.terminate();
  server.close();
});

it('ends a WebSocket whose message is longer than a body may be', async () => {
  const server = new WebSocketServer({ server: upstream });
  const reached: number[] = [];
  server.on('connection', (socket) =>
    socket.on('message', (data) => reached.push((data as Buffer).length)),
  );
  limit({ bodyBytes: 20_000 });
  const client = new WebSocket(`${gateway.url.replace('http', 'ws')}/shop`);
  const messages: string[] = [];
  client.on('message', (data) => messages.push(String(data)));
  const ended = new Promise((resolve) => client.once('close', resolve));
  await new Promise((resolve) => client.once('open', resolve));
  client.send(Buffer.alloc(20_000));
  while (reached.length === 0) await pause(5);
  client.send(Buffer.alloc(15_000), { fin: false });
  client.send(Buffer.alloc(15_000));
  expect(await ended).toBe(1009);
  expect(messages).toHaveLength(1);
  expect(JSON.parse(messages[0]).error.data).toMatchObject({
    ...{ code: 'BODY_TOO_LARGE', limit: 'bodyBytes' },
  });
  expect(reached).toEqual([20_000]);
  server.close();
});

it("lets others go between news for all of a chain's WebSockets, and keeps each one's order", async () => {
  const server = new WebSocketServer({ server: upstream });
  const url = `${gateway.url.replace('http', 'ws')}/shop`;
  const heard: string[][] = [];
  const clients = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const client = new WebSocket(url);
      const messages: string[] = [];
      heard.push(messages);
      client.on('message', (data) => messages.push(String(data)));
      await new Promise((resolve) => client.once('open', resolve));
      return client;
    }),
  );
  const count = () => heard.reduce((sum, messages) => sum + messages.length, 0);
  limit({}, 'game');
  await post('/game');
  for (const piece of ['a', 'b', 'c']) for (const socket of server.clients) socket.send(piece);
  await post('/game');
  const meanwhile = count();
  while (count() < 600) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(meanwhile).toBeLessThan(600);
  for (const messages of heard) expect(messages).toEqual(['a', 'b', 'c']);
  for (const client of clients) client.terminate();
  server.close();
});

it('serves others beside a chain that is flooded, one dead, one asleep and one slow', async () => {
  const slow = createServer(() => {});
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  limit({}, 'slow', `http://127.0.0.1:${(slow.address() as AddressInfo).port}`);
  limit({}, 'dead', 'http://127.0.0.1:1');
  gateway.route('asleep', undefined, { phase: 'Sleeping' });
  limit({ requestsPerSecond: 1, requestBurst: 1 }, 'flood');
  const stop = new AbortController();
  const body = '{"jsonrpc":"2.0","id":1,"method":"eth_gasPrice"}';
  const others = ['slow', 'dead', 'asleep', 'flood'].flatMap((name) =>
    Array.from({ length: 30 }, async () => {
      while (!stop.signal.aborted) {
        await fetch(`${gateway.url}/${name}`, { method: 'POST', body, signal: stop.signal })
          .then((response) => response.arrayBuffer())
          .catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }),
  );
  while (!gateway.refused.includes('flood requestsPerSecond') || gateway.wakes.length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  for (let i = 0; i < 100; i++) expect(await (await post('/shop', `${i}`)).text()).toBe(`${i}`);
  stop.abort();
  await Promise.all(others);
  const ended = new Promise((resolve) => slow.close(resolve));
  slow.closeAllConnections();
  await ended;
}, 30_000);

it('has one budget of computing time for WebSockets and HTTP', async () => {
  const server = new WebSocketServer({ server: upstream });
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      socket.pong('flotilla:cost:900000');
      socket.send(String(data));
    });
  });
  limit({ computeMsPerSecond: 1, computeBurstMs: 100 });
  const client = new WebSocket(`${gateway.url.replace('http', 'ws')}/shop`);
  const pongs: string[] = [];
  client.on('pong', (data) => pongs.push(String(data)));
  await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject));
  expect((await post('/shop')).status).toBe(200);
  client.send('{}');
  await new Promise((resolve) => client.once('message', resolve));
  expect(await answer(await post('/shop'))).toMatchObject({
    status: 429,
    data: { limit: 'computeMsPerSecond' },
  });
  expect(pongs).toEqual([]);
  client.terminate();
  server.close();
});
