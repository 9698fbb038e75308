import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@flotilla/common';
import { INITIAL_STATUS } from '@flotilla/orchestration';
import { ChainStore } from '@flotilla/persistence';
import { PostgresServer } from '@flotilla/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './app.js';

const home = mkdtempSync(join(tmpdir(), 'flotilla-orchestrator-'));
/** Nothing listens there: the API must do all that it can without NATS and root. */
const NOWHERE = '127.0.0.1:9';

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the API answers
  readonly body: any;
  readonly headers: Record<string, unknown>;
}

describe('the REST API without NATS and root', () => {
  let postgres: PostgresServer;
  let app: NestFastifyApplication;
  let admin = '';
  let base = '';

  const call = async (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    options: { body?: unknown; key?: string | null; headers?: Record<string, string> } = {},
  ): Promise<Answer> => {
    const { body, key = admin, headers = {} } = options;
    const answer = await fetch(`${base}/api/v1${path}`, {
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: text === '' ? undefined : JSON.parse(text),
    };
  };

  const refusal = async (...args: Parameters<typeof call>): Promise<string> => {
    const { status, body, headers } = await call(...args);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(body).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
    expect(JSON.stringify(body)).not.toMatch(/node_modules|\.[jt]s:\d|SELECT|INSERT/);
    return `${status} ${body.code}`;
  };

  const newKey = async (role: string, tenant?: string): Promise<{ id: string; key: string }> =>
    (await call('POST', '/keys', { body: { role, tenant } })).body;

  beforeAll(async () => {
    postgres = await PostgresServer.start();
    Object.assign(process.env, {
      FLOTILLA_HOME: home,
      FLOTILLA_DATABASE_URL: postgres.url('flotilla'),
      FLOTILLA_NATS_URL: `nats://${NOWHERE}`,
      FLOTILLA_ROOT_RPC_URL: `http://${NOWHERE}`,
      FLOTILLA_LOG_LEVEL: 'error',
    });
    app = await createApp(silentLogger, { pages: false });
    await app.listen(0, '127.0.0.1');
    base = await app.getUrl();
    for (let i = 0; i < 200 && admin === ''; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      try {
        admin = readFileSync(join(home, 'admin.key'), 'utf8').trim();
      } catch {}
    }
    for (let i = 0; i < 100 && (await call('GET', '/me')).status !== 200; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }, 60_000);

  afterAll(async () => {
    await app?.close();
    await postgres?.stop();
    rmSync(home, { recursive: true, force: true });
  }, 30_000);

  it('has drawn an admin key that only its owner can read', async () => {
    expect(statSync(join(home, 'admin.key')).mode & 0o777).toBe(0o600);
    expect((await call('GET', '/me')).body).toMatchObject({ role: 'admin', tenant: null });
  });

  it('says what is missing', async () => {
    const { status, body } = await call('GET', '/health', { key: null });
    expect(status).toBe(503);
    expect(body).toMatchObject({
      status: 'degraded',
      checks: { database: { ok: true }, nats: { ok: false }, root: { ok: false } },
    });
  });

  it('takes a chain all the same, and the same one again', async () => {
    const first = await call('POST', '/chains', { body: { name: 'shop' } });
    expect(first.status).toBe(201);
    expect(first.headers.location).toBe('/api/v1/chains/shop');
    expect(first.body).toMatchObject({ name: 'shop', tenant: 'default', generation: 1 });
    const again = await call('POST', '/chains', { body: { name: 'shop', spec: {} } });
    expect(again.status).toBe(200);
    const many = await Promise.all(
      Array.from({ length: 5 }, () => call('POST', '/chains', { body: { name: 'raced' } })),
    );
    expect(many.map((answer) => answer.status).sort()).toEqual([200, 200, 200, 200, 201]);
  });

  it('times out waiting for what can not run', async () => {
    const path = '/chains?wait=running&timeoutMs=50';
    expect(await refusal('POST', path, { body: { name: 'shop' } })).toBe('504 WAIT_TIMEOUT');
  });

  it.each<[string, Parameters<typeof call>, string]>([
    ['no key', ['GET', '/chains', { key: null }], '401 UNAUTHENTICATED'],
    ['an unknown key', ['GET', '/chains', { key: `flt_${'a'.repeat(43)}` }], '401 UNAUTHENTICATED'],
    ['malformed JSON', ['POST', '/chains', { body: '{"name":' }], '400 INVALID_JSON'],
    ['a poisoned body', ['POST', '/chains', { body: '{"__proto__":{}}' }], '400 INVALID_JSON'],
    ['no body', ['POST', '/chains', {}], '400 INVALID_REQUEST'],
    ['a list as body', ['POST', '/chains', { body: [] }], '400 INVALID_REQUEST'],
    ['a wrong type', ['POST', '/chains', { body: { name: 7 } }], '400 INVALID_REQUEST'],
    ['an unknown field', ['POST', '/chains', { body: { nam: 'x' } }], '400 INVALID_REQUEST'],
    ['a bad name', ['POST', '/chains', { body: { name: 'A b' } }], '400 INVALID_REQUEST'],
    ['a reserved name', ['POST', '/chains', { body: { name: 'root' } }], '409 NAME_RESERVED'],
    [
      'an unknown spec field',
      ['POST', '/chains', { body: { name: 'odd', spec: { color: 1 } } }],
      '400 INVALID_SPEC',
    ],
    ['a chain that is not there', ['GET', '/chains/nowhere'], '404 CHAIN_NOT_FOUND'],
    ['a path that is not there', ['GET', '/nowhere'], '404 NOT_FOUND'],
    ['a wrong method', ['DELETE', '/chains'], '404 NOT_FOUND'],
    ['a bad limit', ['GET', '/chains?limit=0'], '400 INVALID_REQUEST'],
    ['an unknown parameter', ['GET', '/chains?colour=red'], '400 INVALID_REQUEST'],
    ['a broken escape', ['GET', '/chains/%zz'], '400 INVALID_REQUEST'],
    ['a key that is not there', ['DELETE', '/keys/x'], '404 KEY_NOT_FOUND'],
    [
      'a tenant key without tenant',
      ['POST', '/keys', { body: { role: 'tenant' } }],
      '400 INVALID_REQUEST',
    ],
    [
      'another type than JSON',
      ['POST', '/chains', { body: 'name=x', headers: { 'content-type': 'text/plain' } }],
      '415 UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'an oversized body',
      ['POST', '/chains', { body: { name: 'x'.repeat(1_100_000) } }],
      '413 BODY_TOO_LARGE',
    ],
  ])('refuses %s', async (_what, args, expected) => {
    expect(await refusal(...args)).toBe(expected);
  });

  it('names each field that is wrong', async () => {
    const spec = { gasLimit: -1, fees: { mode: 'free', gasPrice: '1' }, color: 'red' };
    const { body } = await call('POST', '/chains', { body: { name: 'odd', spec } });
    expect(body.errors.map((e: { path: string }) => e.path).sort()).toEqual([
      'spec.color',
      'spec.fees.gasPrice',
      'spec.gasLimit',
    ]);
  });

  it('changes only what may change, and only the version that was meant', async () => {
    await call('POST', '/chains', { body: { name: 'patched' } });
    const immutable = { body: { spec: { hardfork: 'cancun' } } };
    expect(await refusal('PATCH', '/chains/patched', immutable)).toBe('409 SPEC_FIELD_IMMUTABLE');
    const stale = { body: { spec: { sealing: { mode: 'lazy' } } }, headers: { 'if-match': '"0"' } };
    expect(await refusal('PATCH', '/chains/patched', stale)).toBe('412 PRECONDITION_FAILED');
    const body = { spec: { sealing: { mode: 'lazy' } } };
    const patched = await call('PATCH', '/chains/patched', { body });
    expect(patched.body).toMatchObject({
      generation: 2,
      spec: { sealing: { mode: 'lazy', intervalMs: 1_000 } },
    });
    expect(patched.headers.etag).toBe(`"${patched.body.version}"`);
    expect((await call('PATCH', '/chains/patched', { body })).body.generation).toBe(2);
  });

  it('keeps tenants apart, and viewers from writing', async () => {
    const acme = await newKey('tenant', 'acme');
    const globex = await newKey('tenant', 'globex');
    const viewer = await newKey('viewer', 'acme');
    const name = 'acme-game';
    expect((await call('POST', '/chains', { body: { name }, key: acme.key })).body.tenant).toBe(
      'acme',
    );
    const others = { key: globex.key };
    for (const path of ['', '/blocks', '/logs', '/events', '/checkpoints', '/checkpoints/0']) {
      expect(await refusal('GET', `/chains/${name}${path}`, others)).toBe('404 CHAIN_NOT_FOUND');
    }
    for (const path of ['/pause', '/resume', '/checkpoints']) {
      expect(await refusal('POST', `/chains/${name}${path}`, others)).toBe('404 CHAIN_NOT_FOUND');
    }
    expect(await refusal('DELETE', `/chains/${name}`, others)).toBe('404 CHAIN_NOT_FOUND');
    expect(await refusal('GET', `/events?chain=${name}`, others)).toBe('404 CHAIN_NOT_FOUND');
    expect(await refusal('POST', '/chains', { body: { name }, ...others })).toBe('409 NAME_TAKEN');
    expect((await call('GET', '/chains', others)).body.items).toEqual([]);
    const foreign = { body: { name: 'mine', tenant: 'acme' }, ...others };
    expect(await refusal('POST', '/chains', foreign)).toBe('403 FORBIDDEN');
    for (const path of ['/keys', '/audit']) {
      expect(await refusal('GET', path, others)).toBe('403 FORBIDDEN');
    }
    const seen = (await call('GET', '/chains', { key: viewer.key })).body.items;
    expect(seen.map((chain: { name: string }) => chain.name)).toEqual([name]);
    expect(await refusal('DELETE', `/chains/${name}`, { key: viewer.key })).toBe('403 FORBIDDEN');
    expect((await call('DELETE', `/keys/${acme.id}`)).status).toBe(204);
    expect(await refusal('GET', '/chains', { key: acme.key })).toBe('401 UNAUTHENTICATED');
  });

  it('lists page by page', async () => {
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await call('GET', `/chains?limit=2${query}`);
      names.push(...body.items.map((chain: { name: string }) => chain.name));
      cursor = body.nextCursor;
    } while (cursor !== null);
    expect(names).toEqual([...new Set(names)].sort());
    expect(names.length).toBeGreaterThan(3);
  });

  it('notes who changed what, refusals included', async () => {
    await call('POST', '/chains', { body: { name: 'admin' } });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { items } = (await call('GET', '/audit?limit=1')).body;
    expect(items[0]).toMatchObject({
      method: 'POST',
      path: '/api/v1/chains',
      status: 409,
      code: 'NAME_RESERVED',
      keyId: (await call('GET', '/me')).body.id,
    });
  });

  it('streams events from where the client was, to whom they belong', async () => {
    const tenant = await newKey('tenant', 'streamer');
    const stop = new AbortController();
    const open = async (key: string, lastEventId?: string) => {
      const answer = await fetch(`${base}/api/v1/events`, {
        headers: {
          authorization: `Bearer ${key}`,
          ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
        },
        signal: stop.signal,
      });
      return answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    };
    const until = async (reader: Awaited<ReturnType<typeof open>>, wanted: string) => {
      let text = '';
      while (!text.includes(wanted)) text += (await reader?.read())?.value ?? '';
      return text;
    };
    const live = await open(tenant.key);
    const position = /id: (\d+)/.exec(await until(live, '\n\n'))?.[1];
    await call('POST', '/chains', { body: { name: 'not-yours' } });
    await call('POST', '/chains', { body: { name: 'streamed' }, key: tenant.key });
    const seen = await until(live, 'chain.created');
    expect(seen).toContain('"chain":"streamed"');
    const resumed = await until(await open(tenant.key, position), '"chain":"streamed"');
    expect(seen + resumed).not.toContain('not-yours');
    expect(await refusal('GET', '/events', { headers: { 'last-event-id': 'x' } })).toBe(
      '400 INVALID_REQUEST',
    );
    stop.abort();
  });

  it('can not ask a chain that does not run', async () => {
    expect(await refusal('GET', '/chains/shop/blocks')).toBe('503 CHAIN_UNAVAILABLE');
    expect(await refusal('POST', '/chains/shop/checkpoints')).toBe('409 WRONG_PHASE');
    expect(await refusal('GET', '/chains/shop/checkpoints/0/bundle')).toBe(
      '404 CHECKPOINT_NOT_FOUND',
    );
    expect((await call('GET', '/chains/shop/logs')).body).toEqual({ lines: [] });
  });

  it('gives a failed chain another try when it is resumed', async () => {
    const { generation } = (await call('POST', '/chains', { body: { name: 'fallen' } })).body;
    const chains = app.get(ChainStore);
    for (let written = false; !written; ) {
      const chain = await chains.findActiveByName('fallen');
      const status = { ...INITIAL_STATUS, phase: 'Failed' as const };
      const change = { status, observedGeneration: generation };
      written = await chains.update(chain as never, change, []).then(
        () => true,
        () => false,
      );
    }
    const resumed = await call('POST', '/chains/fallen/resume');
    expect(resumed.body.generation).toBe(generation + 1);
  });

  it('describes itself', async () => {
    const document = (await (await fetch(`${base}/api/docs-json`)).json()) as { paths: object };
    expect(Object.keys(document.paths)).toContain('/api/v1/chains/{name}/checkpoints');
  });

  it('gives figures to this machine, and to strangers only with a key', async () => {
    const here = await fetch(`${base}/api/v1/metrics`);
    expect(await here.text()).toContain('flotilla_chains{');
    const forwarded = { 'x-forwarded-for': '10.0.0.1' };
    expect(await refusal('GET', '/metrics', { key: null, headers: forwarded })).toBe(
      '401 UNAUTHENTICATED',
    );
  });

  it('answers 503 while PostgreSQL is gone, and works again when it is back', async () => {
    await postgres.kill();
    expect(await refusal('GET', '/chains/shop')).toBe('503 DATABASE_UNAVAILABLE');
    expect(await refusal('POST', '/chains', { body: { name: 'later' } })).toBe(
      '503 DATABASE_UNAVAILABLE',
    );
    await postgres.resume();
    expect((await call('GET', '/chains/shop')).status).toBe(200);
    expect((await call('POST', '/chains', { body: { name: 'later' } })).status).toBe(201);
  }, 20_000);
});
