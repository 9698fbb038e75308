import { request } from 'node:http';
import { Transaction } from 'ethers';
import { devWallet } from '../accounts.js';
import { Stack } from '../stack.js';

let stack: Stack;
let chainId: number;
let tenantKey = '';
let otherKey = '';
let viewerKey = '';

const createKey = async (role: string, tenant?: string) => {
  const { status, body } = await stack.api('POST', '/keys', { role, tenant });
  expect(status).toBe(201);
  return body;
};

beforeAll(async () => {
  stack = await Stack.start();
  tenantKey = (await createKey('tenant', 'acme')).key;
  otherKey = (await createKey('tenant', 'globex')).key;
  viewerKey = (await createKey('viewer')).key;
  const { status } = await stack.api(
    'POST',
    '/chains?wait=running',
    { name: 'acme-game' },
    tenantKey,
  );
  expect(status).toBe(201);
  chainId = Number(await stack.rpc('acme-game', 'eth_chainId'));
}, 120_000);

afterAll(() => stack?.stop(), 60_000);

afterEach(async () => {
  // Nothing that these tests send may disturb the chain or the control plane.
  expect(Number(await stack.rpc('acme-game', 'eth_chainId'))).toBe(chainId);
  expect((await stack.api('GET', '/health')).status).toBe(200);
});

describe('the REST API', () => {
  const problem = async (method: string, path: string, body?: unknown, key?: string | null) => {
    const answer = await stack.api(method, path, body, key);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ status: answer.status, code: expect.any(String) });
    expect(JSON.stringify(answer.body)).not.toMatch(
      /at .*\.(js|ts):\d+|node_modules|SELECT|INSERT/,
    );
    return `${answer.status} ${answer.body.code}`;
  };

  it.each<[string, () => Promise<string>, string]>([
    ['no key', () => problem('GET', '/chains', undefined, null), '401 UNAUTHENTICATED'],
    [
      'an unknown key',
      () => problem('GET', '/chains', undefined, 'flt_nobody'),
      '401 UNAUTHENTICATED',
    ],
    ['malformed JSON', () => problem('POST', '/chains', '{"name":'), '400 INVALID_JSON'],
    ['a wrong type', () => problem('POST', '/chains', { name: 7 }), '400 INVALID_REQUEST'],
    [
      'an invalid name',
      () => problem('POST', '/chains', { name: 'No Spaces!' }),
      '400 INVALID_REQUEST',
    ],
    ['a reserved name', () => problem('POST', '/chains', { name: 'root' }), '409 NAME_RESERVED'],
    [
      'an unknown spec field',
      () => problem('POST', '/chains', { name: 'odd', spec: { color: 'red' } }),
      '400 INVALID_SPEC',
    ],
    [
      'an invalid spec',
      () => problem('POST', '/chains', { name: 'odd', spec: { gasLimit: -1 } }),
      '400 INVALID_SPEC',
    ],
    [
      'a taken name',
      () => problem('POST', '/chains', { name: 'acme-game' }, otherKey),
      '409 NAME_TAKEN',
    ],
    [
      'the same name with another spec',
      () =>
        problem(
          'POST',
          '/chains',
          { name: 'acme-game', spec: { gasLimit: 20_000_000 } },
          tenantKey,
        ),
      '409 NAME_TAKEN',
    ],
    [
      "another tenant's chain",
      () => problem('GET', '/chains/acme-game', undefined, otherKey),
      '404 CHAIN_NOT_FOUND',
    ],
    [
      "deleting another tenant's chain",
      () => problem('DELETE', '/chains/acme-game', undefined, otherKey),
      '404 CHAIN_NOT_FOUND',
    ],
    ['a chain that is not there', () => problem('GET', '/chains/nowhere'), '404 CHAIN_NOT_FOUND'],
    [
      'a viewer that writes',
      () => problem('POST', '/chains', { name: 'viewer-made' }, viewerKey),
      '403 FORBIDDEN',
    ],
    [
      'a tenant that makes keys',
      () => problem('POST', '/keys', { role: 'admin' }, tenantKey),
      '403 FORBIDDEN',
    ],
    ['an unknown path', () => problem('GET', '/nothing-here'), '404 NOT_FOUND'],
    ['a NUL in the path', () => problem('GET', '/chains/a%00b'), '400 INVALID_REQUEST'],
    [
      'half a surrogate pair',
      () => problem('POST', '/chains', '{"name":"odd","spec":{"token":{"name":"\\ud800"}}}'),
      '400 INVALID_REQUEST',
    ],
    [
      'control characters in a name',
      () => problem('POST', '/chains', { name: 'odd', spec: { token: { name: 'a\u001b[31m' } } }),
      '400 INVALID_SPEC',
    ],
    [
      'an oversized body',
      () =>
        problem('POST', '/chains', {
          name: 'big',
          spec: { token: { symbol: 'x'.repeat(3_000_000) } },
        }),
      '413 BODY_TOO_LARGE',
    ],
  ])('answers %s with its code', async (_what, act, expected) => {
    expect(await act()).toBe(expected);
  });

  it('shuts out a revoked key', async () => {
    const { id, key } = await createKey('tenant', 'soon-gone');
    expect((await stack.api('GET', '/chains', undefined, key)).status).toBe(200);
    expect((await stack.api('DELETE', `/keys/${id}`)).status).toBeLessThan(300);
    expect(await problem('GET', '/chains', undefined, key)).toBe('401 UNAUTHENTICATED');
  });

  it('ends the event stream of a revoked key', async () => {
    const { id, key } = await createKey('tenant', 'listener');
    const stream = await fetch(`${stack.run.apiUrl.replace(/\/$/, '')}/api/v1/events`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(stream.status).toBe(200);
    await stack.api('DELETE', `/keys/${id}`);
    await stream.text();
  }, 5_000);

  it("does not show a tenant the whole fleet's figures", async () => {
    expect(await problem('GET', '/metrics', undefined, tenantKey)).toBe('403 FORBIDDEN');
  });

  it('lists only the chains of the tenant who asks', async () => {
    const names = async (key: string) =>
      (await stack.api('GET', '/chains', undefined, key)).body.items.map(
        (c: { name: string }) => c.name,
      );
    expect(await names(tenantKey)).toEqual(['acme-game']);
    expect(await names(otherKey)).toEqual([]);
  });

  it('creates idempotently', async () => {
    const again = await stack.api('POST', '/chains', { name: 'acme-game' }, tenantKey);
    expect(again.status).toBe(200);
  });
});

describe('JSON-RPC through the gateway', () => {
  const post = async (body: string, path = '/acme-game') => {
    const response = await fetch(stack.run.gatewayUrl.replace(/\/$/, '') + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    return { status: response.status, body: (await response.json()) as any };
  };
  const call = (method: string, params: unknown = []) =>
    JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const transfer = (overrides: Record<string, unknown>) =>
    devWallet(0).signTransaction(
      Transaction.from({
        type: 2,
        chainId,
        nonce: 0,
        to: devWallet(1).address,
        gasLimit: 21_000,
        maxFeePerGas: 0,
        maxPriorityFeePerGas: 0,
        ...overrides,
      }),
    );
  const error = async (body: string) => (await post(body)).body.error;

  it.each<[string, () => Promise<string>, number, string | RegExp]>([
    ['malformed JSON', async () => '{"jsonrpc":', -32700, /./],
    ['no request at all', async () => '7', -32600, /./],
    [
      'an unknown method',
      async () => call('eth_noSuchMethod'),
      -32601,
      'the method eth_noSuchMethod does not exist/is not available',
    ],
    [
      'a wrong argument type',
      async () => call('eth_getBalance', [7]),
      -32602,
      /invalid argument 0|missing value/,
    ],
    [
      'a missing argument',
      async () => call('eth_getBalance', []),
      -32602,
      /missing value for required argument 0/,
    ],
    ['bad RLP', async () => call('eth_sendRawTransaction', ['0xf8ffff']), -32000, /rlp|RLP/],
    [
      'a wrong chain id',
      async () => call('eth_sendRawTransaction', [await transfer({ chainId: 5 })]),
      -32000,
      /invalid chain id/,
    ],
    [
      'too little gas',
      async () => call('eth_sendRawTransaction', [await transfer({ gasLimit: 20_000 })]),
      -32000,
      /intrinsic gas too low/,
    ],
    [
      'more than the balance',
      async () => call('eth_sendRawTransaction', [await transfer({ value: 10n ** 30n })]),
      -32000,
      /insufficient funds for gas \* price \+ value/,
    ],
    [
      'more gas than a block has',
      async () => call('eth_sendRawTransaction', [await transfer({ gasLimit: 10n ** 12n })]),
      -32000,
      /exceeds block gas limit/,
    ],
    [
      'an oversized transaction',
      async () =>
        call('eth_sendRawTransaction', [
          await transfer({ data: `0x${'11'.repeat(140_000)}`, gasLimit: 20_000_000 }),
        ]),
      -32000,
      /oversized data/,
    ],
    [
      'an oversized batch',
      async () => `[${Array(2_000).fill(call('eth_chainId')).join(',')}]`,
      -32600,
      /batch too large/,
    ],
  ])('answers %s with its code', async (_what, body, code, message) => {
    const answered = await post(await body());
    const failure = Array.isArray(answered.body) ? answered.body[0].error : answered.body.error;
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(message);
  });

  it("speaks geth's words for a known and for an old transaction", async () => {
    const raw = await transfer({ nonce: 0 });
    expect((await post(call('eth_sendRawTransaction', [raw]))).body.result).toMatch(/^0x/);
    const old = await error(
      call('eth_sendRawTransaction', [await transfer({ nonce: 0, value: 3 })]),
    );
    expect(old).toMatchObject({ code: -32000, message: expect.stringMatching(/^nonce too low/) });
    const queued = await transfer({ nonce: 5 });
    await post(call('eth_sendRawTransaction', [queued]));
    expect(await error(call('eth_sendRawTransaction', [queued]))).toMatchObject({
      code: -32000,
      message: 'already known',
    });
    expect(
      await error(call('eth_sendRawTransaction', [await transfer({ nonce: 5, value: 1 })])),
    ).toMatchObject({
      code: -32000,
      message: 'replacement transaction underpriced',
    });
  });

  it('answers an unknown chain with 404 and a JSON-RPC error', async () => {
    const { status, body } = await post(call('eth_chainId'), '/nowhere');
    expect(status).toBe(404);
    expect(body.error.message).toContain('unknown chain');
  });

  it.each([5.3e6, 12e6])('lets a client that sends %d bytes read the 413', async (bytes) => {
    for (let i = 0; i < 3; i++) {
      const answered = await post(`{"a":"${'a'.repeat(bytes)}"}`);
      expect(answered.status).toBe(413);
      expect(answered.body.error.data.code).toBe('BODY_TOO_LARGE');
    }
  });

  it('refuses an oversized body with 413 and a JSON-RPC error', async () => {
    const { hostname, port } = new URL(stack.run.gatewayUrl);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request({
        hostname,
        port,
        path: '/acme-game',
        method: 'POST',
        headers: { 'content-length': 100_000_000 },
      });
      sent.on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
        sent.destroy();
      });
      sent.on('error', reject);
      sent.write('{');
    });
    expect(status).toBe(413);
  });

  it.each(['/..%2f..%2fetc/passwd', '/%00', '//'])('survives the path %s', async (path) => {
    const response = await fetch(stack.run.gatewayUrl.replace(/\/$/, '') + path, {
      method: 'POST',
      body: '{}',
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    await response.text();
  });
});
