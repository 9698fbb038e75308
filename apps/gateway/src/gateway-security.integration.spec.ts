import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { startTestGateway, type TestGateway } from './testing/test-gateway.js';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const holdMs = 400;

let seen: Seen[];
let upstream: Server;
let gateway: TestGateway;
let port: number;

beforeEach(async () => {
  seen = [];
  upstream = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url, headers } = request;
    seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    response.end(`answer ${seen.length}`);
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const rpcUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  // One socket to the chain: what is left over on it would be read as the next client's request.
  gateway = await startTestGateway({ holdMs, maxSockets: 1 });
  gateway.route('shop', rpcUrl);
  port = gateway.port;
});

afterEach(async () => {
  await gateway.close();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

/** Sends exactly these bytes and returns all that comes back within `waitMs`. */
function raw(text: string, waitMs = 250): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text.replaceAll('\n', '\r\n')));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', reject);
    const done = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('close', done);
    setTimeout(done, waitMs);
  });
}

const INNER = 'POST /admin HTTP/1.1\nhost: x\ncontent-length: 2\n\n{}';
const innerBytes = INNER.replaceAll('\n', '\r\n').length;

describe('one request in is one request out', () => {
  it.each([
    [
      'a GET with a chunked body',
      `GET /shop HTTP/1.1\nhost: x\ntransfer-encoding: chunked\n\n${innerBytes.toString(16)}\n${INNER}\n0\n\n`,
    ],
    [
      'a GET with a sized body',
      `GET /shop HTTP/1.1\nhost: x\ncontent-length: ${innerBytes}\n\n${INNER}`,
    ],
    [
      'a length and chunks',
      `POST /shop HTTP/1.1\nhost: x\ncontent-length: 5\ntransfer-encoding: chunked\n\n0\n\n${INNER}`,
    ],
    [
      'two lengths',
      `POST /shop HTTP/1.1\nhost: x\ncontent-length: 0\ncontent-length: ${innerBytes}\n\n${INNER}`,
    ],
    [
      'a Connection header that names content-length',
      `POST /shop HTTP/1.1\nhost: x\nconnection: content-length\ncontent-length: ${innerBytes}\n\n${INNER}`,
    ],
    [
      'a line break in a header',
      `POST /shop HTTP/1.1\nhost: x\nx-a: b\rPOST /admin HTTP/1.1\ncontent-length: 2\n\n{}`,
    ],
    [
      'an upgrade that is no WebSocket',
      `GET /shop HTTP/1.1\nhost: x\nconnection: upgrade\nupgrade: h2c\n\n${INNER}`,
    ],
  ])('with %s', async (_, text) => {
    await raw(text);
    const after = await fetch(`http://127.0.0.1:${port}/shop`, { method: 'POST', body: 'mine' });
    // An answer that belongs to somebody else's request would arrive here.
    expect(await after.text()).toBe(`answer ${seen.length}`);
    expect(seen.at(-1)?.body).toBe('mine');
    expect(seen.map(({ url }) => url)).not.toContain('/admin');
  });
});

it.each([
  '/shop/..',
  '/shop//',
  '//shop',
  '/./shop',
  '/shop%2f..%2froot',
  '/shop%00',
  '/SHOP',
  '/shop\\root',
  'http://evil.example/shop',
])('takes the path %s for no chain', async (path) => {
  const answer = await raw(`POST ${path} HTTP/1.1\nhost: x\ncontent-length: 2\n\n{}`);
  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(seen).toEqual([]);
});

it('keeps a key in the path from the chain', async () => {
  const key = `flt_${'k'.repeat(43)}`;
  const response = await fetch(`http://127.0.0.1:${port}/shop/${key}`, {
    method: 'POST',
    body: '{}',
  });
  expect(response.status).toBe(200);
  expect(JSON.stringify(seen)).not.toContain(key);
});

it('refuses an upgrade that is no WebSocket at once', async () => {
  const before = Date.now();
  const answer = await raw('GET /shop HTTP/1.1\nhost: x\nconnection: upgrade\nupgrade: h2c\n\n');
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(Date.now() - before).toBeLessThan(holdMs);
});

it('passes on no claims about who asked', async () => {
  await raw(
    'POST /shop HTTP/1.1\nhost: x\nx-forwarded-for: 6.6.6.6\nforwarded: for=6.6.6.6\ncontent-length: 2\n\n{}',
  );
  expect(JSON.stringify(seen[0].headers)).not.toContain('6.6.6.6');
});
