import { createServer, request, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { DEFAULT_LIMITS } from './limits/default-limits.js';
import { startTestGateway, type TestGateway } from './testing/test-gateway.js';

/** How long a request waits for a chain that restarts. */
const HOLD_MS = 600;
const latestBlock = { number: '0x2a', hash: '0xab' };

let gateway: TestGateway;
let upstream: Server;
let sockets: WebSocketServer;
let upstreamUrl: string;
let seen: string[];
/** `Flotilla-Connection` of each WebSocket that reached the chain. */
let connections: string[];

beforeEach(async () => {
  seen = [];
  connections = [];
  upstream = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push(body);
    response.end(`{"answered":${body}}`);
  });
  sockets = new WebSocketServer({ server: upstream });
  sockets.on('connection', (socket, request) => {
    connections.push(String(request.headers['flotilla-connection']));
    socket.on('message', (data) => {
      seen.push(String(data));
      socket.send(`{"answered":${data}}`);
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  upstreamUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  gateway = await startTestGateway({
    holdMs: HOLD_MS,
    waker: { wakesPerMinute: 18, holdMs: 3_000 },
  });
  asleep();
  gateway.onWake = (name) => void setTimeout(() => gateway.route(name, upstreamUrl), 50);
});

afterEach(async () => {
  await gateway.close();
  sockets.close();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

function asleep(name = 'shop'): void {
  gateway.route(name, undefined, { phase: 'Sleeping', latestBlock });
}

const ask = (method: string, id: unknown = 1) =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params: [] });
const post = (name: string, body: string) =>
  fetch(`${gateway.url}/${name}`, { method: 'POST', body });
const until = async (isTrue: () => boolean) => {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 10));
};

/** A client that keeps what it is told. */
async function open(name = 'shop') {
  const client = new WebSocket(`${gateway.url.replace('http', 'ws')}/${name}`);
  const messages: string[] = [];
  client.on('message', (data) => messages.push(String(data)));
  await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject));
  return { client, messages };
}

/** As programs do that don't say how long a body is. @returns its text */
function postChunked(name: string, pieces: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(`${gateway.url}/${name}`, { method: 'POST', agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    });
    sent.on('error', reject);
    for (const piece of pieces) sent.write(piece);
    sent.end();
  });
}

/** What a node does that stops in good order. */
async function park(): Promise<void> {
  for (const socket of sockets.clients) {
    const ponged = new Promise((resolve) => socket.once('pong', resolve));
    socket.ping('flotilla:park');
    await ponged;
    socket.close(4001);
  }
  await until(() => sockets.clients.size === 0);
}

describe('over HTTP', () => {
  it('answers what wallets ask while they idle, without waking', async () => {
    const bodies = Array.from({ length: 100 }, (_, i) => ask('eth_blockNumber', i));
    const answers = await Promise.all(
      bodies.map(async (body) => (await post('shop', body)).json()),
    );
    expect(answers[99]).toEqual({ jsonrpc: '2.0', id: 99, result: '0x2a' });
    expect((await fetch(`${gateway.url}/shop`)).status).toBe(200);
    await fetch(`${gateway.url}/health`);
    await fetch(`${gateway.url}/metrics`);
    const chunked = await postChunked('shop', ['{"id":1,"method":', '"eth_chainId"}']);
    expect(JSON.parse(chunked)).toMatchObject({ result: '0x7' });
    expect(gateway.wakes).toEqual([]);
  });

  it('wakes once for many, holds them, and passes all of them on', async () => {
    const bodies = Array.from({ length: 30 }, (_, i) => ask('eth_gasPrice', i));
    const answers = await Promise.all(
      bodies.map(async (body) => (await post('shop', body)).text()),
    );
    expect(answers).toEqual(bodies.map((body) => `{"answered":${body}}`));
    expect(gateway.wakes).toEqual(['shop']);
  });

  it('passes on a long body that it did not look at', async () => {
    const body = JSON.stringify('x'.repeat(100_000));
    expect(await (await post('shop', body)).text()).toBe(`{"answered":${body}}`);
    for (const size of [20_000, 99_000]) {
      const pieces = ['"', 'y'.repeat(10_000), 'z'.repeat(size - 10_000), '"'];
      expect(await postChunked('shop', pieces)).toBe(`{"answered":${pieces.join('')}}`);
    }
  });

  it('lets nobody wake more than its budget', async () => {
    const names = ['one', 'two', 'three', 'four', 'five'];
    for (const name of names) asleep(name);
    const statuses = [];
    for (const name of names) statuses.push((await post(name, ask('eth_gasPrice'))).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expect(gateway.wakes).toEqual(names.slice(0, 3));
    expect(gateway.refused).toEqual([]);
  });

  it('has one budget for an address, whatever keys it makes up', async () => {
    const names = ['one', 'two', 'three', 'four', 'five'];
    for (const name of names) asleep(name);
    const statuses = [];
    for (const name of names) {
      statuses.push((await post(`${name}/made-up-${name}`, ask('eth_gasPrice'))).status);
    }
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
  });

  it('holds on while the chain waits for its start behind others', async () => {
    gateway.onWake = (name) => {
      gateway.route(name, undefined, { phase: 'Provisioning' });
      setTimeout(() => gateway.route(name, upstreamUrl), 2 * HOLD_MS);
    };
    expect((await post('shop', ask('eth_gasPrice'))).status).toBe(200);
    gateway.route('late', undefined, { phase: 'Provisioning' });
    setTimeout(() => gateway.route('late', upstreamUrl), 2 * HOLD_MS);
    expect((await post('late', ask('eth_gasPrice'))).status).toBe(200);
  });

  it('gives up on a chain that does not wake', async () => {
    gateway.onWake = () => {};
    const response = await post('shop', ask('eth_gasPrice'));
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: { data: { code: 'CHAIN_UNAVAILABLE' } } });
  });
});

describe('over WebSocket', () => {
  it('answers idle clients itself, and wakes for what needs the chain', async () => {
    const { client, messages } = await open();
    client.send(ask('eth_chainId'));
    await until(() => messages.length === 1);
    expect(JSON.parse(messages[0])).toMatchObject({ result: '0x7' });
    client.ping('still there?');
    await new Promise((resolve) => client.once('pong', resolve));
    expect(gateway.wakes).toEqual([]);
    for (const id of [1, 2]) client.send(ask('eth_subscribe', id));
    await until(() => messages.length === 3);
    expect(seen).toEqual([ask('eth_subscribe', 1), ask('eth_subscribe', 2)]);
    expect(gateway.wakes).toEqual(['shop']);
    client.terminate();
  });

  it('keeps a client whose chain falls asleep, and joins it again as the same one', async () => {
    gateway.route('shop', upstreamUrl);
    const { client, messages } = await open();
    client.send(ask('eth_gasPrice', 1));
    await until(() => messages.length === 1);
    asleep();
    await park();
    client.send(ask('eth_blockNumber', 2));
    await until(() => messages.length === 2);
    expect(JSON.parse(messages[1])).toMatchObject({ id: 2, result: '0x2a' });
    expect(gateway.wakes).toEqual([]);
    client.send(ask('eth_gasPrice', 3));
    await until(() => messages.length === 3);
    expect(messages[2]).toBe(`{"answered":${ask('eth_gasPrice', 3)}}`);
    expect(gateway.wakes).toEqual(['shop']);
    expect(connections).toHaveLength(2);
    expect(connections[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(connections[1]).toBe(connections[0]);
    client.terminate();
  });

  it('joins a parked client when somebody else wakes its chain: there may be news for it', async () => {
    const { client } = await open();
    await post('shop', ask('eth_gasPrice'));
    await until(() => connections.length === 1);
    client.terminate();
  });

  it('loses no message when the chain stops between them', async () => {
    gateway.route('shop', upstreamUrl);
    const { client, messages } = await open();
    let sent = 0;
    const sending = setInterval(() => client.send(ask('eth_gasPrice', sent++)), 1);
    await until(() => messages.length > 20);
    asleep();
    await park();
    await until(() => gateway.wakes.length === 1 && connections.length === 2);
    const before = sent;
    await until(() => sent > before + 20);
    clearInterval(sending);
    await until(() => messages.length === sent);
    const all = Array.from({ length: sent }, (_, i) => ask('eth_gasPrice', i));
    expect(seen).toEqual(all);
    expect(messages).toEqual(all.map((body) => `{"answered":${body}}`));
    client.terminate();
  });

  it('says why a message is answered by nobody', async () => {
    gateway.onWake = (name) => gateway.route(name, undefined, { phase: 'Paused' });
    const { client, messages } = await open();
    client.send(ask('eth_gasPrice', 'mine'));
    await until(() => messages.length === 1);
    expect(JSON.parse(messages[0])).toMatchObject({
      id: 'mine',
      error: { data: { code: 'CHAIN_PAUSED' } },
    });
    client.terminate();
  });

  it('answers a client of a sleeping chain no more often than its limit allows', async () => {
    const limits = { ...DEFAULT_LIMITS, requestsPerSecond: 10, requestBurst: 20 };
    gateway.route('shop', undefined, { phase: 'Sleeping', latestBlock, limits });
    const { client, messages } = await open();
    const results = () => messages.filter((text) => 'result' in JSON.parse(text)).length;
    for (let id = 0; id < 100; id++) client.send(ask('eth_blockNumber', id));
    await until(() => results() >= 20);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(results()).toBeLessThan(40);
    expect(gateway.refused).toContain('shop requestsPerSecond');
    // What was sent is late, not lost.
    await until(() => results() >= 50);
    expect(gateway.wakes).toEqual([]);
    client.terminate();
  }, 20_000);

  it.each([
    ['longer than a body may be', 2 ** 40, 1009, 'BODY_TOO_LARGE'],
    ['longer than what is kept for a chain that is paused', 200_000, 1013, 'CHAIN_PAUSED'],
  ])('is closed over a message %s', async (_, length, expected, reason) => {
    const { client, messages } = await open();
    gateway.route('shop', undefined, { phase: 'Paused' });
    const closed = new Promise<number>((resolve) => client.once('close', resolve));
    const header = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]);
    header.writeBigUInt64BE(BigInt(length), 2);
    const raw = (client as unknown as { readonly _socket: Socket })._socket;
    raw.write(header);
    raw.write(Buffer.alloc(100_000));
    expect(await closed).toBe(expected);
    expect(JSON.parse(messages[0])).toMatchObject({ error: { data: { code: reason } } });
  });

  it('is closed when the process ends without a word', async () => {
    gateway.route('shop', upstreamUrl);
    const { client } = await open();
    const closed = new Promise((resolve) => client.once('close', resolve));
    for (const socket of sockets.clients) socket.terminate();
    await closed;
  });
});
