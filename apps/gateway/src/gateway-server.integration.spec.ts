import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { DEFAULT_LIMITS } from './limits/default-limits.js';
import { startTestGateway, type TestGateway } from './testing/test-gateway.js';

const maxBodyBytes = 10_000;
const holdMs = 600;

let upstream: Server;
let upstreamUrl: string;
let lastHeaders: IncomingMessage['headers'];
let gateway: TestGateway;
let url: string;

async function listen(server: Server, port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function echo(incoming: IncomingMessage, response: ServerResponse): void {
  lastHeaders = incoming.headers;
  incoming.pipe(response);
}

beforeEach(async () => {
  upstream = createServer(echo);
  upstreamUrl = `http://127.0.0.1:${await listen(upstream)}`;
  gateway = await startTestGateway({ holdMs });
  url = gateway.url;
  route('Running');
});

afterEach(async () => {
  await gateway.close();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

function route(phase: string, rpcUrl: string | undefined = upstreamUrl): void {
  gateway.route('shop', rpcUrl, { phase, limits: { ...DEFAULT_LIMITS, bodyBytes: maxBodyBytes } });
}

const post = (path: string, body: string, headers = {}) =>
  fetch(url + path, { method: 'POST', body, headers });

async function code(response: Response): Promise<string> {
  const body = (await response.json()) as { error: { data: { code: string } } };
  return `${response.status} ${body.error.data.code}`;
}

it('passes a request to its chain and the answer back, with CORS and without credentials', async () => {
  const response = await post('/shop', '{"hello":1}', { authorization: 'Bearer secret' });
  expect(await response.text()).toBe('{"hello":1}');
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(lastHeaders.authorization).toBeUndefined();
});

it('does not pass on what a Connection header names', async () => {
  const { port } = new URL(url);
  await new Promise<void>((resolve, reject) => {
    const headers = { connection: 'close, x-secret', 'x-secret': '1', 'x-kept': '2' };
    const sent = request({ port, host: '127.0.0.1', path: '/shop', method: 'POST', headers });
    sent.on('response', (response) => response.resume().on('end', resolve)).on('error', reject);
    sent.end('{}');
  });
  expect(lastHeaders['x-secret']).toBeUndefined();
  expect(lastHeaders['x-kept']).toBe('2');
});

it.each([
  ['/nowhere', '404 UNKNOWN_CHAIN'],
  ['/', '404 UNKNOWN_CHAIN'],
  ['/shop/../root', '404 UNKNOWN_CHAIN'],
  ['/%2e%2e', '404 UNKNOWN_CHAIN'],
])('answers %s with %s', async (path, expected) => {
  expect(await code(await post(path, '{}'))).toBe(expected);
});

it('tells a paused chain from an unavailable one', async () => {
  route('Paused');
  expect(await code(await post('/shop', '{}'))).toBe('503 CHAIN_PAUSED');
  route('Failed');
  expect(await code(await post('/shop', '{}'))).toBe('503 CHAIN_UNAVAILABLE');
});

it('refuses a body over the limit, declared or streamed', async () => {
  expect(await code(await post('/shop', 'x'.repeat(maxBodyBytes + 1)))).toBe('413 BODY_TOO_LARGE');
  upstream.removeAllListeners('request');
  upstream.on('request', (incoming, response) => incoming.resume().on('end', () => response.end()));
  const { port } = new URL(url);
  const status = await new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path: '/shop', method: 'POST' });
    sent.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
    const timer = setInterval(() => sent.write('x'.repeat(1_000)), 2);
    sent.on('close', () => clearInterval(timer));
  });
  expect(status).toBe(413);
  expect((await post('/shop', 'still here')).status).toBe(200);
});

it('holds a request while the chain restarts', async () => {
  const { port } = new URL(upstreamUrl);
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
  const held = post('/shop', 'patience');
  await new Promise((resolve) => setTimeout(resolve, 200));
  upstream = createServer(echo);
  await listen(upstream, Number(port));
  expect(await (await held).text()).toBe('patience');
});

it('gives up on a chain that stays away', async () => {
  route('Running', 'http://127.0.0.1:1');
  expect(await code(await post('/shop', '{}'))).toBe('503 CHAIN_UNAVAILABLE');
});

it('answers when the chain dies in the middle of a request', async () => {
  upstream.removeAllListeners('request');
  upstream.on('request', (incoming) => incoming.socket.destroy());
  expect(await code(await post('/shop', '{}'))).toBe('502 UPSTREAM_FAILED');
});

it('asks again when the process that it asked was leaving and has not looked', async () => {
  upstream.removeAllListeners('request');
  const leave = (incoming: IncomingMessage) =>
    incoming.socket.end(
      'HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n',
    );
  upstream.once('request', (incoming) => {
    leave(incoming);
    upstream.on('request', echo);
  });
  expect(await (await post('/shop', 'patience')).text()).toBe('patience');
  upstream.removeAllListeners('request');
  upstream.on('request', leave);
  expect(await code(await post('/shop', '{}'))).toBe('503 CHAIN_UNAVAILABLE');
});

it('streams a body that is too long to be kept, once', async () => {
  const long = 'x'.repeat(200_000);
  gateway.route('shop', upstreamUrl);
  expect(await (await post('/shop', long)).text()).toBe(long);
  upstream.removeAllListeners('request');
  upstream.on('request', (incoming, response) => {
    incoming.resume().on('end', () => response.writeHead(408).end());
  });
  expect(await code(await post('/shop', long))).toBe('502 UPSTREAM_FAILED');
});

it('answers a client that waits to be told to go on', async () => {
  const { port } = new URL(url);
  const headers = { expect: '100-continue', 'content-length': 2 };
  const answer = await new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path: '/shop', method: 'POST', headers });
    sent.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
    sent.on('continue', () => sent.end('{}'));
    sent.flushHeaders();
  });
  expect(answer).toBe(200);
});

it('joins WebSockets', async () => {
  const sockets = new WebSocketServer({ server: upstream });
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`echo ${data}`)));
  const client = new WebSocket(`${url.replace('http', 'ws')}/shop`);
  const answer = await new Promise((resolve, reject) => {
    client.on('open', () => client.send('ahoy'));
    client.on('message', (data) => resolve(String(data)));
    client.on('error', reject);
  });
  expect(answer).toBe('echo ahoy');
  client.terminate();
  sockets.close();
});

it('refuses a WebSocket to an unknown chain with 404', async () => {
  const client = new WebSocket(`${url.replace('http', 'ws')}/nowhere`);
  const status = await new Promise((resolve) => {
    client.on('unexpected-response', (_request, response) => resolve(response.statusCode));
    client.on('error', () => {});
  });
  expect(status).toBe(404);
});

it('cuts what hangs on a producer that has lost its right, and follows nobody of a lower epoch', async () => {
  upstream.removeAllListeners('request');
  let arrived = () => {};
  const asked = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  // As a stopped process does: it takes the request, and never answers.
  upstream.on('request', () => arrived());
  gateway.route('shop', upstreamUrl, { epoch: 1 });
  const hanging = post('/shop', '{}');
  await asked;
  const next = createServer(echo);
  const nextUrl = `http://127.0.0.1:${await listen(next)}`;
  gateway.route('shop', nextUrl, { epoch: 2 });
  expect(await code(await hanging)).toBe('502 UPSTREAM_FAILED');
  gateway.route('shop', upstreamUrl, { epoch: 1 });
  expect(await (await post('/shop', 'to the new one')).text()).toBe('to the new one');
  next.closeAllConnections();
  next.close();
});
