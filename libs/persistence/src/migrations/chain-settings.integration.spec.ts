import { silentLogger, systemClock } from '@flotilla/common';
import { chainSpecSchema, settingsHash } from '@flotilla/orchestration';
import { PostgresServer } from '@flotilla/testing';
import { DataSource } from 'typeorm';
import { createDatabaseIfAbsent } from '../database/create-database.js';
import { Database } from '../database/database.js';
import { ChainStore } from '../repositories/chain-store.js';
import { ControlPlane1763683200000 } from './1763683200000-control-plane.js';

const ID = '3f2b9a50-5a52-4b6e-9d56-5d0c5f0c1f11';

describe('a control plane from before settings could change', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await PostgresServer.start();
  }, 60_000);

  afterAll(() => server?.stop());

  it('knows what its chains began with', async () => {
    const url = server.url('older');
    await createDatabaseIfAbsent(url);
    const older = new DataSource({
      type: 'postgres',
      url,
      migrations: [ControlPlane1763683200000],
    });
    await older.initialize();
    await older.runMigrations();
    const spec = {
      ...{
        runtime: 'managed',
        sealing: { mode: 'instant', intervalMs: 1_000 },
        gasLimit: 7_000_000,
      },
      ...{ fees: { mode: 'fixed', gasPrice: '9' }, hardfork: 'prague', token: { symbol: 'OLD' } },
      ...{ alloc: {}, history: { blocks: 128, archive: false } },
      checkpoint: { everyBlocks: 100, everySeconds: 60 },
    };
    await older.query(
      `INSERT INTO chains (id, name, tenant, spec, desired, status, observed, generation,
         observed_generation, version, created_at, updated_at)
       VALUES ($1, 'old', 'acme', $2, 'running', '{"phase": "Running"}', '{}', 1, 1, 1, now(), now())`,
      [ID, JSON.stringify(spec)],
    );
    await older.destroy();

    const modules = { clock: systemClock, logger: silentLogger };
    const database = new Database({ url }, modules);
    await database.open();
    const chain = await new ChainStore(database, modules).get(ID);
    await database.close();
    const { fees, gasLimit, token, sealing } = spec;
    expect(chain?.spec).toEqual(chainSpecSchema.parse(spec));
    expect(chain?.genesis).toEqual({
      ...{ fees, gasLimit, sealing, allow: {} },
      token: { ...token, decimals: 18 },
    });
    expect(chain && settingsHash(chain.genesis)).toBe(chain && settingsHash(chain.spec));
    expect(chain?.status.settings).toBeNull();
    expect(chain?.status.asleep).toBeNull();
  }, 60_000);
});
