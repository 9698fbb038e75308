import { silentLogger, systemClock } from '@flotilla/common';
import { chainSpecSchema, INITIAL_STATUS, OrchestrationErrorCode } from '@flotilla/orchestration';
import { PostgresServer } from '@flotilla/testing';
import { Database } from '../database/database.js';
import { PersistenceErrorCode } from '../errors.js';
import { ApiKeyStore } from './api-key-store.js';
import { AuditStore } from './audit-store.js';
import { ChainStore } from './chain-store.js';
import { CheckpointStore } from './checkpoint-store.js';
import { EventStore } from './event-store.js';
import { NatsAccountStore } from './nats-account-store.js';
import { OutboxStore } from './outbox-store.js';

const modules = { clock: systemClock, logger: silentLogger };
const spec = chainSpecSchema.parse({});
const everything = { tenant: null, limit: 100 };
const code = (expected: string) => expect.objectContaining({ code: expected });

describe('stores on PostgreSQL', () => {
  let server: PostgresServer;
  let database: Database;
  let chains: ChainStore;

  beforeAll(async () => {
    server = await PostgresServer.start();
    database = new Database({ url: server.url('flotilla') }, modules);
    await database.open();
    chains = new ChainStore(database, modules);
  }, 60_000);

  afterAll(async () => {
    await database?.close();
    await server?.stop();
  });

  it('keeps a name for one chain until that is archived', async () => {
    const first = await chains.create({ name: 'shop', tenant: 'acme', spec });
    await expect(chains.create({ name: 'shop', tenant: 'acme', spec })).rejects.toEqual(
      code(OrchestrationErrorCode.NameTaken),
    );
    await chains.update(first, { status: { ...INITIAL_STATUS, phase: 'Archived' } }, []);
    const second = await chains.create({ name: 'shop', tenant: 'acme', spec });
    expect((await chains.findByName('shop'))?.id).toBe(second.id);
    expect((await chains.list(everything)).map((c) => c.id)).toEqual([second.id]);
    expect((await chains.list({ ...everything, phase: 'Archived' }))[0].id).toBe(first.id);
    expect(await chains.activeIds()).toEqual([second.id]);
    await chains.update(second, { status: { ...INITIAL_STATUS, phase: 'Archived' } }, []);
    const archived = { ...everything, phase: 'Archived' as const, limit: 1 };
    const [a] = await chains.list(archived);
    const [b] = await chains.list({ ...archived, after: a });
    expect([a.id, b.id].sort()).toEqual([first.id, second.id].sort());
    expect(await chains.list({ ...archived, after: b })).toEqual([]);
  });

  it('never gives out a chain id twice', async () => {
    const chosen = chainSpecSchema.parse({ chainId: 777 });
    await chains.create({ name: 'first', tenant: 'acme', spec: chosen });
    await expect(chains.create({ name: 'second', tenant: 'acme', spec: chosen })).rejects.toEqual(
      code(OrchestrationErrorCode.ChainIdTaken),
    );
    expect(await chains.findByName('second')).toBeUndefined();
  });

  it('refuses a write on a stale row, and writes neither its events nor its message', async () => {
    const chain = await chains.create({ name: 'locked', tenant: 'acme', spec });
    const events = new EventStore(database);
    await chains.modify(chain, { desired: 'paused' });
    const before = await events.lastId();
    const status = { ...INITIAL_STATUS, phase: 'Running' as const };
    const event = { type: 'chain.phase' as const, data: {} };
    await expect(chains.update(chain, { status }, [event])).rejects.toEqual(
      code(OrchestrationErrorCode.VersionConflict),
    );
    expect(await events.lastId()).toBe(before);
    const now = await chains.get(chain.id);
    expect(now).toMatchObject({ desired: 'paused', generation: 2, version: 2 });
  });

  it('leaves a message for the gateway with each change of a route', async () => {
    const outbox = new OutboxStore(database);
    const chain = await chains.create({ name: 'routed', tenant: 'acme', spec });
    await outbox.remove((await outbox.oldest(100)).map((m) => m.id));
    const status = { ...INITIAL_STATUS, phase: 'Running' as const };
    const running = await chains.update(chain, { status }, []);
    await chains.update(running, { status: { ...status, restarts: 1 } }, []);
    const messages = await outbox.oldest(100);
    expect(messages).toEqual([
      {
        id: expect.any(Number),
        topic: 'route.changed',
        payload: { id: chain.id },
        createdAt: expect.any(Date),
      },
    ]);
  });

  it('merges observations without touching the version', async () => {
    const chain = await chains.create({ name: 'observed', tenant: 'acme', spec });
    const safe = { number: 3, hash: `0x${'11'.repeat(32)}` as const };
    await chains.saveObserved(chain.id, { safe });
    expect(await chains.get(chain.id)).toMatchObject({
      version: 1,
      observed: { head: null, safe, finalized: null },
    });
  });

  it('skips no event of a transaction that commits late', async () => {
    const events = new EventStore(database);
    const slow = await chains.create({ name: 'slow', tenant: 'acme', spec });
    const from = await events.lastId();
    let finish = () => {};
    const gate = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const insert = `INSERT INTO chain_events (at, chain_key, chain, tenant, type, data)
      VALUES (now(), $1, 'slow', 'acme', 'chain.updated', '{}')`;
    const late = database.transaction(async (m) => {
      await m.query(insert, [slow.id]);
      await gate;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await chains.create({ name: 'quick', tenant: 'acme', spec });
    expect(await events.after(from, everything)).toEqual([]);
    finish();
    await late;
    const seen = await events.after(from, everything);
    expect(seen.map((e) => e.chain)).toEqual(['slow', 'quick']);
    expect(await events.after(from, { ...everything, tenant: 'other' })).toEqual([]);
    expect((await events.recent(undefined, { ...everything, limit: 1 }))[0].chain).toBe('quick');
  });

  it('moves a checkpoint from proposed to anchored to final, once each', async () => {
    const store = new CheckpointStore(database, modules);
    const chain = await chains.create({ name: 'anchored', tenant: 'acme', spec });
    const proposal = {
      chainKey: chain.id,
      index: 0,
      hash: '0xaa',
      firstBlock: 0,
      lastBlock: 5,
      checkpoint: { index: 0 },
      signatures: ['0x01'],
      bitmap: '0x01',
    };
    await store.propose(proposal);
    await store.propose({ ...proposal, hash: '0xbb', lastBlock: 6 });
    expect(await store.find(chain.id, 0)).toMatchObject({ hash: '0xbb', lastBlock: 6 });
    const anchoring = { rootTransaction: '0xt', rootBlock: { number: 9, hash: '0xr' } };
    expect(await store.markAnchored(chain.id, 0, anchoring)).toBe(true);
    expect(await store.markAnchored(chain.id, 0, anchoring)).toBe(false);
    await store.propose({ ...proposal, hash: '0xcc' });
    expect((await store.unfinished(10)).map((c) => c.hash)).toEqual(['0xbb']);
    expect(await store.markFinal(chain.id, 0)).toBe(true);
    expect(await store.markFinal(chain.id, 0)).toBe(false);
    expect(await store.unfinished(10)).toEqual([]);
    expect(await store.list(chain.id, 10)).toMatchObject([
      { state: 'final', rootBlock: { number: 9 } },
    ]);
  });

  it('keeps keys, accounts and the audit log', async () => {
    const keys = new ApiKeyStore(database, modules);
    const key = await keys.create({ hash: 'h1', role: 'tenant', tenant: 'acme', label: 'ci' });
    expect((await keys.create({ hash: 'h1', role: 'admin', tenant: null, label: '' })).id).toBe(
      key.id,
    );
    await keys.create({ hash: 'h2', role: 'rpc', tenant: 'acme', label: 'shop.example' });
    await keys.create({ hash: 'h0', role: 'admin', tenant: null, label: '' });
    expect(await keys.good({ limit: 2 })).toEqual([
      { hash: 'h0', tenant: null },
      { hash: 'h1', tenant: 'acme' },
    ]);
    expect(await keys.revoke(key.id)).toEqual({ hash: 'h1', tenant: 'acme' });
    expect(await keys.good({ limit: 2, after: 'h0' })).toEqual([{ hash: 'h2', tenant: 'acme' }]);
    expect((await keys.findByHash('h1'))?.revokedAt).not.toBeNull();
    expect(await keys.revoke('7b0c2a51-5f0f-4a53-9d0e-3f8b62e1a001')).toBeUndefined();

    const accounts = new NatsAccountStore(database, modules);
    const chain = await chains.create({ name: 'accounted', tenant: 'acme', spec });
    await accounts.save({ chainKey: chain.id, publicKey: 'A1', accountJwt: 'j1' });
    await accounts.save({ chainKey: chain.id, publicKey: 'A2', accountJwt: 'j2' });
    expect((await accounts.all()).map((a) => a.accountJwt)).toEqual(['j2']);
    await accounts.remove(chain.id);
    expect(await accounts.find(chain.id)).toBeUndefined();

    const audit = new AuditStore(database);
    const entry = { keyId: key.id, tenant: 'acme', method: 'POST', path: '/api/v1/chains' };
    await audit.append({ ...entry, at: 1_000, status: 201, code: null, remote: '127.0.0.1' });
    const [row] = await audit.recent(1);
    expect(row).toMatchObject({ ...entry, at: '1970-01-01T00:00:01.000Z' });
    expect(await audit.recent(1, row.id)).toEqual([]);
  });

  it('leaves out, of those that are soundly asleep, all but one part', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 12; i++) {
      const made = await chains.create({ name: `sleeper-${i}`, tenant: 'acme', spec });
      const asked = await chains.modify(made, { desired: 'sleeping', reason: 'a test' });
      const change = { status: { ...INITIAL_STATUS, phase: 'Sleeping' as const } };
      await chains.update(asked, { ...change, observedGeneration: asked.generation }, []);
      ids.push(made.id);
    }
    const awake = await chains.create({ name: 'awake', tenant: 'acme', spec });
    const parts = await Promise.all([0, 1, 2].map((part) => chains.activeIds({ part, of: 3 })));
    expect(parts.every((part) => part.includes(awake.id))).toBe(true);
    const seen = parts.flat().filter((id) => ids.includes(id));
    expect(seen.sort()).toEqual(ids.sort());
    for (const name of [...ids.keys()].map((i) => `sleeper-${i}`).concat('awake')) {
      const chain = await chains.findActiveByName(name);
      if (chain)
        await chains.update(chain, { status: { ...INITIAL_STATUS, phase: 'Archived' } }, []);
    }
  });

  it('says DATABASE_UNAVAILABLE while PostgreSQL is gone, and goes on when it is back', async () => {
    const chain = await chains.create({ name: 'survivor', tenant: 'acme', spec });
    await server.kill();
    for (let i = 0; i < 3; i++) {
      await expect(chains.get(chain.id)).rejects.toEqual(
        code(PersistenceErrorCode.DatabaseUnavailable),
      );
    }
    expect(await database.ping()).toBe(false);
    await server.resume();
    expect((await chains.get(chain.id))?.name).toBe('survivor');
  }, 30_000);

  it('may be opened before the server is there', async () => {
    await server.kill();
    const early = new Database({ url: server.url('later') }, modules);
    const opened = early.open();
    await expect(early.run((m) => m.query('SELECT 1'))).rejects.toEqual(
      code(PersistenceErrorCode.DatabaseUnavailable),
    );
    await server.resume();
    await opened;
    expect(await early.ping()).toBe(true);
    await early.close();
  }, 30_000);
});
