import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { methodTable } from './method.js';
import { method, optional } from './params/parser.js';
import { text } from './params/values.js';
import type { RpcServer, RpcServerOptions } from './rpc-server.js';
import type { Push } from './session.js';
import { call, post, TestServers } from './testing/test-servers.js';

const pushes = new Set<Push>();
const methods = methodTable([
  method('test_echo', [optional(text, 'none')], ([value]) => value),
  method('test_slow', [], () => new Promise((resolve) => setTimeout(() => resolve('done'), 200))),
  method('test_subscribe', [], (_, { session }) =>
    session?.subscribe((push) => {
      pushes.add(push);
      push('"first"');
      return () => pushes.delete(push);
    }, []),
  ),
  method('test_unsubscribe', [text], ([id], { session }) => session?.unsubscribe(id)),
]);

const servers = new TestServers(methods);
const start = (options?: Partial<RpcServerOptions>) => servers.start(options);

afterEach(() => servers.close());

async function open(
  server: RpcServer,
): Promise<{ socket: WebSocket; next: () => Promise<string> }> {
  const socket = new WebSocket(server.wsUrl);
  const messages: string[] = [];
  const waiting: ((text: string) => void)[] = [];
  socket.on('message', (data) => {
    const deliver = waiting.shift();
    if (deliver) deliver(data.toString());
    else messages.push(data.toString());
  });
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  const next = () =>
    messages.length > 0
      ? Promise.resolve(messages.shift() as string)
      : new Promise<string>((resolve) => waiting.push(resolve));
  return { socket, next };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('RpcServer over HTTP', () => {
  it('answers a call with CORS open', async () => {
    const response = await post(await start(), call('test_echo', ['ü']));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response.json()).toEqual({ jsonrpc: '2.0', id: 1, result: 'ü' });
  });

  it('answers a preflight for whatever headers are asked', async () => {
    const response = await fetch((await start()).httpUrl, {
      method: 'OPTIONS',
      headers: { 'access-control-request-headers': 'authorization,x-own' },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-headers')).toBe('authorization,x-own');
  });

  it('answers GET with its banner and refuses other verbs', async () => {
    const server = await start({ banner: () => ({ chain: 'demo' }) });
    expect(await (await fetch(server.httpUrl)).json()).toEqual({ chain: 'demo' });
    expect((await fetch(server.httpUrl, { method: 'PUT', body: '{}' })).status).toBe(405);
  });

  it('refuses a body that is too large, announced or not', async () => {
    const server = await start({ maxBodyBytes: 100 });
    const announced = await post(server, 'x'.repeat(101));
    expect(announced.status).toBe(413);
    expect(await announced.json()).toMatchObject({
      error: {
        code: -32600,
        data: { code: 'BODY_TOO_LARGE' },
      },
    });
    const streamed = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(server.httpUrl, { method: 'POST' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject);
      request.write('x'.repeat(60));
      request.end('x'.repeat(60));
    });
    expect(streamed).toBe(413);
    expect((await post(server, call('test_echo'))).status).toBe(200);
  });

  it('answers a notification with an empty body', async () => {
    const response = await post(await start(), '{"jsonrpc":"2.0","method":"test_echo"}');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  it('survives a client that leaves in the middle of its body', async () => {
    const server = await start();
    await new Promise<void>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => {
        socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n{"json');
        socket.destroy();
        resolve();
      });
    });
    expect((await post(server, call('test_echo'))).status).toBe(200);
  });

  it('lets a request in work finish while it closes', async () => {
    const server = await start();
    const pending = post(server, call('test_slow'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = server.close(2_000);
    expect(await (await pending).json()).toMatchObject({ result: 'done' });
    await closed;
    await expect(post(server, call('test_echo'))).rejects.toThrow();
  });

  it('tells a client whose request crosses its leaving that nobody has looked at it', async () => {
    const server = await start();
    const socket = connect(server.port, '127.0.0.1');
    const received: string[] = [];
    socket.on('data', (data) => received.push(data.toString()));
    const ask = () => {
      const body = call('test_echo');
      socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    };
    ask();
    await until(() => received.length > 0);
    const closed = server.close(2_000);
    // The server's own turn is not over: it has left, and this comes after it.
    ask();
    await closed;
    await until(() => socket.closed);
    expect(received[0]).toMatch(/^HTTP\/1.1 200 /);
    expect(received.slice(1).join('')).toMatch(/^HTTP\/1.1 408 .*connection: close/s);
  });

  it('leaves a connection once it is answered, and does not wait for those that never let go', async () => {
    const server = await start();
    const idle = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    const agent = new Agent({ keepAlive: true });
    const answered = new Promise<IncomingMessage>((resolve) => {
      const { port } = server;
      httpRequest({ port, host: '127.0.0.1', method: 'POST', agent }, resolve).end(
        call('test_slow'),
      );
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const startedAt = performance.now();
    const closed = server.close(5_000);
    (await answered).resume();
    await closed;
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    idle.destroy();
    agent.destroy();
  });

  it('says when its port is taken', async () => {
    const { port } = await start();
    await expect(start({ port })).rejects.toMatchObject({ code: 'RPC_START_FAILED' });
  });
});

describe('RpcServer over WebSocket', () => {
  it('answers calls, batches and binary frames', async () => {
    const { socket, next } = await open(await start());
    socket.send(call('test_echo', ['a']));
    expect(JSON.parse(await next()).result).toBe('a');
    socket.send(Buffer.from(`[${call('test_echo')}]`), { binary: true });
    expect(JSON.parse(await next())).toHaveLength(1);
    socket.send('{');
    expect(JSON.parse(await next()).error.code).toBe(-32700);
    socket.close();
  });

  it("sends a subscription's id before its first event", async () => {
    const { socket, next } = await open(await start());
    socket.send(call('test_subscribe'));
    const { result: subscription } = JSON.parse(await next());
    expect(JSON.parse(await next())).toEqual({
      jsonrpc: '2.0',
      method: 'eth_subscription',
      params: { subscription, result: 'first' },
    });
    for (const push of pushes) push('{"n":1}');
    expect(JSON.parse(await next()).params.result).toEqual({ n: 1 });
    socket.send(call('test_unsubscribe', [subscription]));
    expect(JSON.parse(await next()).result).toBe(true);
    expect(pushes.size).toBe(0);
    socket.send(call('test_unsubscribe', [subscription]));
    expect(JSON.parse(await next()).result).toBe(false);
    socket.close();
  });

  it('limits subscriptions per connection and frees them when it ends', async () => {
    const { socket, next } = await open(await start({ maxSubscriptions: 1 }));
    socket.send(call('test_subscribe'));
    await next();
    await next();
    socket.send(call('test_subscribe'));
    expect(JSON.parse(await next()).error).toMatchObject({ code: -32005 });
    const ended = new Promise((resolve) => socket.on('close', resolve));
    socket.close();
    await ended;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(pushes.size).toBe(0);
  });

  it('cuts off a subscriber that does not read', async () => {
    const { socket, next } = await open(await start({ maxBufferedBytes: 64 * 1024 }));
    socket.send(call('test_subscribe'));
    await next();
    await next();
    socket.pause();
    const event = JSON.stringify('x'.repeat(256 * 1024));
    for (let i = 0; i < 200 && pushes.size > 0; i++) {
      for (const push of pushes) push(event);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(pushes.size).toBe(0);
    socket.terminate();
  });

  it('closes a connection whose message is too large', async () => {
    const { socket } = await open(await start({ maxBodyBytes: 100 }));
    const code = new Promise((resolve) => socket.on('close', resolve));
    socket.send('x'.repeat(200));
    expect(await code).toBe(1009);
  });

  it('drops a peer that stopped answering pings', async () => {
    const { socket } = await open(await start({ pingIntervalMs: 30 }));
    const ended = new Promise((resolve) => socket.on('close', resolve));
    socket.pong = () => {};
    socket.pause();
    await new Promise((resolve) => setTimeout(resolve, 150));
    socket.resume();
    await ended;
  });
});
