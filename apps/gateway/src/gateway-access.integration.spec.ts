import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { DEFAULT_LIMITS } from './limits/default-limits.js';
import { startTestGateway, type TestGateway } from './testing/test-gateway.js';

const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');
const own = { hash: hashOf('of-acme'), tenant: 'acme' };
const foreign = { hash: hashOf('of-other'), tenant: 'other' };
const fleet = { hash: hashOf('of-admin'), tenant: null };

let gateway: TestGateway;
let upstream: Server;
let sockets: WebSocketServer;
let upstreamUrl: string;
/** Headers of what reached the chain. */
let seen: Record<string, unknown>[];

beforeEach(async () => {
  seen = [];
  upstream = createServer((request, response) => {
    seen.push(request.headers);
    response.end('{"answered":true}');
  });
  sockets = new WebSocketServer({ server: upstream });
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(String(data))));
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  gateway = await startTestGateway();
  upstreamUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  gateway.route('shop', upstreamUrl, { keysOf: 'acme' });
  gateway.route('open', upstreamUrl);
  gateway.keys.replaceAll([own, foreign, fleet]);
});

afterEach(async () => {
  await gateway.close();
  sockets.close();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

const ask = (path: string, key?: string) =>
  fetch(`${gateway.url}/${path}`, {
    method: 'POST',
    body: '{}',
    ...(key !== undefined && { headers: { authorization: `Bearer ${key}` } }),
  });
const outcome = async (path: string, key?: string) => {
  const response = await ask(path, key);
  const { error } = (await response.json()) as { error?: { data: { code: string } } };
  return `${response.status} ${error?.data.code ?? 'answered'}`;
};

it.each<[string, string, string | undefined, string]>([
  ['no key', 'shop', undefined, '401 UNAUTHENTICATED'],
  ['a key that nobody has', 'shop', 'made-up', '401 UNAUTHENTICATED'],
  ["another tenant's key", 'shop', 'of-other', '403 FORBIDDEN'],
  ["the tenant's key", 'shop', 'of-acme', '200 answered'],
  ["the tenant's key in the path", 'shop/of-acme', undefined, '200 answered'],
  ['a key of the fleet', 'shop', 'of-admin', '200 answered'],
  ['no key, at an open chain', 'open', undefined, '200 answered'],
  ['any key, at an open chain', 'open', 'made-up', '200 answered'],
])('%s', async (_what, path, key, expected) => {
  expect(await outcome(path, key)).toBe(expected);
});

it('says how to show a key, and passes none on', async () => {
  const refused = await ask('shop');
  expect(refused.headers.get('www-authenticate')).toBe('Bearer');
  expect(await refused.json()).toMatchObject({ error: { code: -32600 } });
  expect(seen).toEqual([]);
  await ask('shop', 'of-acme');
  expect(JSON.stringify(seen)).not.toContain('of-acme');
});

it('lets a new key in and shuts a revoked one out from the next request on', async () => {
  gateway.keys.change({ hash: hashOf('fresh'), tenant: 'acme', isRevoked: false });
  expect(await outcome('shop', 'fresh')).toBe('200 answered');
  gateway.keys.change({ hash: hashOf('fresh'), tenant: 'acme', isRevoked: true });
  expect(await outcome('shop', 'fresh')).toBe('401 UNAUTHENTICATED');
});

it("neither wakes a chain nor spends what is the chain's for strangers", async () => {
  const limits = { ...DEFAULT_LIMITS, requestsPerSecond: 0.1, requestBurst: 2 };
  gateway.route('shop', undefined, {
    keysOf: 'acme',
    phase: 'Sleeping',
    latestBlock: { number: '0x1' },
    limits,
  });
  for (let i = 0; i < 20; i++) expect(await outcome('shop')).toBe('401 UNAUTHENTICATED');
  expect(gateway.wakes).toEqual([]);
  gateway.route('shop', upstreamUrl, { keysOf: 'acme', limits });
  expect(await outcome('shop', 'of-acme')).toBe('200 answered');
  expect(await outcome('shop', 'of-acme')).toBe('200 answered');
  expect(await outcome('shop', 'of-acme')).toBe('429 LIMIT_EXCEEDED');
});

it('does not take a key for unknown before it has heard of any', async () => {
  const fresh = await startTestGateway();
  fresh.route('shop', undefined, { keysOf: 'acme' });
  const response = await fetch(`${fresh.url}/shop/of-acme`, { method: 'POST', body: '{}' });
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ error: { data: { retryable: true } } });
  await fresh.close();
});

describe('WebSockets', () => {
  const open = async (path: string) => {
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/${path}`);
    const answer = await new Promise<number>((resolve, reject) => {
      socket.once('open', () => resolve(101));
      socket.once('unexpected-response', (_request, response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      socket.once('error', reject);
    });
    return { socket, answer };
  };

  it('are opened with a key only', async () => {
    expect((await open('shop')).answer).toBe(401);
    expect((await open('shop/of-other')).answer).toBe(403);
    const { socket, answer } = await open('shop/of-acme');
    expect(answer).toBe(101);
    socket.terminate();
  });

  it('end within seconds when their key is revoked', async () => {
    const { socket } = await open('shop/of-acme');
    const other = await open('shop/of-admin');
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    gateway.keys.change({ ...own, isRevoked: true });
    expect(await closed).toBe(1008);
    expect(other.socket.readyState).toBe(WebSocket.OPEN);
    other.socket.terminate();
  });
});
