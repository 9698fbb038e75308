import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FlotillaApiError, FlotillaClient, SdkErrorCode } from './index.js';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly lastEventId: string | undefined;
  readonly body: string;
}

let server: Server;
let apiUrl: string;
let handler: Handler;
let seen: Seen[];

const json = (response: ServerResponse, status: number, body: unknown) => {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
};

const chainIn = (phase: string, failure: unknown = null) => ({
  name: 'shop',
  chainId: 4242,
  generation: 2,
  observedGeneration: 2,
  spec: { runtime: 'managed' },
  status: { phase, failure, rpcUrl: 'http://127.0.0.1:1/shop' },
});

beforeAll(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      seen.push({
        method: request.method ?? '',
        url: request.url ?? '',
        authorization: request.headers.authorization,
        lastEventId: request.headers['last-event-id'] as string | undefined,
        body,
      });
      handler(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  seen = [];
});

const client = (path = '') => new FlotillaClient({ apiUrl: `${apiUrl}${path}`, apiKey: 'k1' });

describe('requests', () => {
  it('carry the key, go under /api/v1 whatever the given URL ends in, and send bigints as text', async () => {
    handler = (_request, response) => json(response, 201, chainIn('Requested'));
    for (const path of ['', '/', '/api/v1', '/api/v1/']) {
      await client(path).chains.create('shop', {
        alloc: { [`0x${'11'.repeat(20)}`]: { balance: (10n ** 21n) as unknown as string } },
      });
    }
    expect(seen).toHaveLength(4);
    for (const request of seen) {
      expect(request).toMatchObject({
        method: 'POST',
        url: '/api/v1/chains',
        authorization: 'Bearer k1',
      });
      expect(JSON.parse(request.body)).toEqual({
        name: 'shop',
        spec: { alloc: { [`0x${'11'.repeat(20)}`]: { balance: '1000000000000000000000' } } },
      });
    }
  });

  it('escape names, so that no name reaches another path', async () => {
    handler = (_request, response) => json(response, 200, chainIn('Running'));
    await client().chains.get('../keys?x');
    expect(seen[0].url).toBe('/api/v1/chains/..%2Fkeys%3Fx');
  });

  it('go through every page', async () => {
    handler = (request, response) => {
      const second = request.url?.includes('cursor=c2');
      json(response, 200, {
        items: [chainIn(second ? 'Paused' : 'Running')],
        nextCursor: second ? null : 'c2',
      });
    };
    const phases: string[] = [];
    for await (const chain of client().chains.all({ limit: 1 })) phases.push(chain.status.phase);
    expect(phases).toEqual(['Running', 'Paused']);
    expect(seen.map((request) => request.url)).toEqual([
      '/api/v1/chains?limit=1',
      '/api/v1/chains?limit=1&cursor=c2',
    ]);
  });

  it('accept an empty answer', async () => {
    handler = (_request, response) => response.writeHead(204).end();
    await expect(client().keys.revoke('id/1')).resolves.toBeUndefined();
    expect(seen[0]).toMatchObject({ method: 'DELETE', url: '/api/v1/keys/id%2F1' });
  });

  it('give bundles byte for byte', async () => {
    const text = '{ "odd":  "spacing" }\n';
    handler = (_request, response) => response.writeHead(200).end(text);
    expect(await client().checkpoints.bundle('shop', 3, { account: '0xab', slot: 5n })).toBe(text);
    expect(seen[0].url).toBe('/api/v1/chains/shop/checkpoints/3/bundle?account=0xab&slot=5');
  });
});

describe('errors', () => {
  it('of the API keep code, status, detail and the refused fields', async () => {
    handler = (_request, response) =>
      json(response, 422, {
        title: 'Unprocessable',
        status: 422,
        code: 'INVALID_SPEC',
        detail: 'unknown field',
        errors: [{ path: 'spec.x', message: 'unknown' }],
      });
    const error = await client()
      .chains.create('shop')
      .catch((e) => e);
    expect(error).toBeInstanceOf(FlotillaApiError);
    expect(error).toMatchObject({
      code: 'INVALID_SPEC',
      status: 422,
      detail: 'unknown field',
      retryable: false,
      errors: [{ path: 'spec.x', message: 'unknown' }],
    });
  });

  it('of an overloaded or restarting server are retryable', async () => {
    handler = (_request, response) =>
      json(response, 503, { status: 503, code: 'DATABASE_UNAVAILABLE' });
    await expect(client().chains.list()).rejects.toMatchObject({ status: 503, retryable: true });
  });

  it('tell that nothing listens', async () => {
    const nowhere = new FlotillaClient({ apiUrl: 'http://127.0.0.1:1' });
    await expect(nowhere.health()).rejects.toMatchObject({
      code: SdkErrorCode.ApiUnreachable,
      retryable: true,
    });
  });

  it('tell that something else than Flotilla answers, in success and in failure', async () => {
    for (const status of [200, 404]) {
      handler = (_request, response) => response.writeHead(status).end('<html>hello</html>');
      await expect(client().chains.list()).rejects.toMatchObject({
        code: SdkErrorCode.UnexpectedAnswer,
      });
    }
  });
});

describe('health', () => {
  it('is an answer even when degraded', async () => {
    handler = (_request, response) => json(response, 503, { status: 'degraded', checks: {} });
    expect((await client().health()).status).toBe('degraded');
  });
});

describe('waiting', () => {
  it('follows the phases until the chain runs', async () => {
    const phases = ['Requested', 'Requested', 'Provisioning', 'Running'];
    handler = (request, response) =>
      json(response, 200, chainIn(request.method === 'POST' ? 'Requested' : phases.shift()!));
    const told: string[] = [];
    const chain = await client().chains.waitFor('shop', 'Running', {
      onPhase: (phase) => told.push(phase),
    });
    expect(chain.status.phase).toBe('Running');
    expect(told).toEqual(['Requested', 'Provisioning', 'Running']);
  });

  it('ends at a dead end, with the reason', async () => {
    handler = (_request, response) =>
      json(response, 200, chainIn('Failed', { code: 'CHAIN_ID_TAKEN', message: 'id 5 is taken' }));
    await expect(client().chains.create('shop', {}, { wait: true })).rejects.toMatchObject({
      code: SdkErrorCode.ChainFailed,
      message: expect.stringContaining('CHAIN_ID_TAKEN'),
    });
  });

  it('does not take the outcome of an older request for that of this one', async () => {
    const answers = [{ ...chainIn('Failed'), observedGeneration: 1 }, chainIn('Running')];
    handler = (_request, response) => json(response, 200, answers.shift());
    expect((await client().chains.waitFor('shop', 'Running')).status.phase).toBe('Running');
  });

  it('for a change ends where the chain rests', async () => {
    for (const phase of ['Running', 'Sleeping', 'Paused']) {
      const before = { ...chainIn(phase), observedGeneration: 1 };
      const answers = [before, before, chainIn(phase)];
      handler = (_request, response) => json(response, 200, answers.shift());
      const changed = await client().chains.update('shop', { size: 'large' }, { wait: true });
      expect(changed).toMatchObject({ status: { phase }, observedGeneration: 2 });
    }
  });

  it('gives up in time', async () => {
    handler = (_request, response) => json(response, 200, chainIn('Provisioning'));
    await expect(
      client().chains.create('shop', {}, { wait: true, timeoutMs: 50 }),
    ).rejects.toMatchObject({ code: SdkErrorCode.WaitTimedOut, retryable: true });
  });
});

describe('watch', () => {
  const event = (id: string | undefined, type: string) =>
    `${id === undefined ? '' : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify({ id, type, chain: 'shop' })}\n\n`;

  it('resumes after the last event when the connection is lost', async () => {
    let connections = 0;
    handler = (_request, response) => {
      connections++;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (connections === 1) {
        response.write(event('1', 'chain.created') + event(undefined, 'chain.head'));
        response.write('id: 2\n\n');
        setTimeout(() => response.destroy(), 20);
      } else {
        response.write(event('3', 'chain.phase'));
      }
    };
    const states: boolean[] = [];
    const types: string[] = [];
    for await (const next of client().chains.watch({
      chain: 'shop',
      onConnection: (up) => states.push(up),
    })) {
      types.push(next.type);
      if (next.type === 'chain.phase') break;
    }
    expect(types).toEqual(['chain.created', 'chain.head', 'chain.phase']);
    expect(states).toEqual([true, false, true]);
    expect(seen.map((request) => request.lastEventId)).toEqual([undefined, '2']);
    expect(seen[0].url).toBe('/api/v1/events?chain=shop');
  });

  it('ends quietly when aborted', async () => {
    handler = (_request, response) => {
      response.writeHead(200).write(event('1', 'chain.created'));
    };
    const stop = new AbortController();
    let count = 0;
    for await (const _event of client().chains.watch({ signal: stop.signal })) {
      count++;
      stop.abort();
    }
    expect(count).toBe(1);
  });

  it('does not knock again at a door that stays shut', async () => {
    handler = (_request, response) =>
      json(response, 401, { status: 401, code: 'KEY_REVOKED', detail: 'revoked' });
    await expect(client().chains.watch().next()).rejects.toMatchObject({ code: 'KEY_REVOKED' });
    expect(seen).toHaveLength(1);
  });
});

describe('provider', () => {
  it('is bound to the chain id, without asking the node for it', async () => {
    handler = (request, response, body) => {
      if (request.url === '/shop') {
        const { id, method } = JSON.parse(body);
        return json(response, 200, {
          jsonrpc: '2.0',
          id,
          result: method === 'eth_blockNumber' ? '0x10' : null,
        });
      }
      const chain = chainIn('Running');
      json(response, 200, { ...chain, status: { ...chain.status, rpcUrl: `${apiUrl}/shop` } });
    };
    const provider = await client().chains.provider('shop');
    expect((await provider.getNetwork()).chainId).toBe(4242n);
    expect(await provider.getBlockNumber()).toBe(16);
    provider.destroy();
  });
});
