import { CommonError, CommonErrorCode, silentLogger } from '@flotilla/common';
import { type Chain, chainSpecSchema, INITIAL_STATUS, limitsOf } from '@flotilla/orchestration';
import type { NatsAccountRecord } from '@flotilla/persistence';
import { SimulatedClock } from '@flotilla/testing';
import { NatsAccounts } from './nats-accounts.js';

const chain = (name: string, size: 'small' | 'large' = 'small') =>
  ({
    ...{ id: `id-${name}`, name, status: INITIAL_STATUS },
    spec: chainSpecSchema.parse({ size }),
  }) as Chain;

class Setup {
  readonly clock = new SimulatedClock();
  readonly records = new Map<string, NatsAccountRecord>();
  readonly creds = new Map<string, string>();
  /** Account JWTs that the server knows. */
  readonly server = new Set<string>();
  readonly system = { connected: true };
  databaseAway = false;
  issued = 0;
  readonly accounts: NatsAccounts;
  #reconnected: () => Promise<void> = async () => {};

  constructor(operatorMode = true) {
    const issuer = {
      issueChain: async (name: string) => {
        this.issued += 1;
        const id = `${name}-${this.issued}`;
        return { publicKey: `A-${id}`, accountJwt: `jwt-${id}`, userCreds: `creds-${id}` };
      },
      relimit: async (name: string, _known: unknown, { connections }: { connections: number }) =>
        connections === limitsOf({ size: 'small' }).nats.connections
          ? undefined
          : `jwt-${name}-more`,
      pushAccount: async (_system: unknown, jwt: string) => {
        if (!this.system.connected) throw away();
        this.server.add(jwt);
      },
      deleteAccount: async (_system: unknown, publicKey: string) => {
        if (!this.system.connected) throw away();
        this.server.delete(publicKey.replace('A-', 'jwt-'));
      },
    };
    this.accounts = new NatsAccounts({ sharedCredsFile: undefined }, {
      clock: this.clock,
      logger: silentLogger,
      link: {
        accounts: operatorMode ? { issuer, system: this.system } : undefined,
        onSystemConnected: (run: () => Promise<void>) => {
          this.#reconnected = run;
        },
      },
      accounts: {
        find: async (key: string) => this.records.get(key),
        save: async (record: NatsAccountRecord) => void this.records.set(record.chainKey, record),
        remove: async (key: string) => void this.records.delete(key),
        all: async () => {
          if (this.databaseAway) throw away();
          return [...this.records.values()];
        },
      },
      folders: {
        hasCreds: async ({ name }: Chain) => this.creds.has(name),
        writeCreds: async ({ name }: Chain, text: string) => void this.creds.set(name, text),
      },
    } as unknown as NatsAccounts['modules']);
  }

  async reconnect(): Promise<void> {
    this.system.connected = true;
    await this.#reconnected();
    await this.clock.advance(0);
  }
}

function away(): CommonError {
  return new CommonError(CommonErrorCode.InvariantViolated, 'away', { retryable: true });
}

describe('NatsAccounts', () => {
  it('issues one account per chain, once', async () => {
    const setup = new Setup();
    expect(await setup.accounts.ensure(chain('shop'))).toEqual({ shared: false });
    await setup.accounts.ensure(chain('shop'));
    expect(setup.issued).toBe(1);
    expect([...setup.server]).toEqual(['jwt-shop-1']);
    expect(setup.creds.get('shop')).toBe('creds-shop-1');
  });

  it('issues a new one when the credentials are lost', async () => {
    const setup = new Setup();
    await setup.accounts.ensure(chain('shop'));
    setup.creds.clear();
    await setup.accounts.ensure(chain('shop'));
    expect(setup.creds.get('shop')).toBe('creds-shop-2');
    expect(setup.records.get('id-shop')?.accountJwt).toBe('jwt-shop-2');
  });

  it('does not wait for a server that is away, and pushes when it is back', async () => {
    const setup = new Setup();
    setup.system.connected = false;
    await setup.accounts.ensure(chain('shop'));
    await setup.clock.advance(0);
    expect(setup.server.size).toBe(0);
    await setup.reconnect();
    expect([...setup.server]).toEqual(['jwt-shop-1']);
  });

  it('pushes everything again after a wipe, though the database is away at that moment', async () => {
    const setup = new Setup();
    for (const name of ['shop', 'game']) await setup.accounts.ensure(chain(name));
    setup.server.clear();
    setup.databaseAway = true;
    await setup.reconnect();
    expect(setup.server.size).toBe(0);
    setup.databaseAway = false;
    await setup.clock.advance(2_000);
    expect([...setup.server].sort()).toEqual(['jwt-game-2', 'jwt-shop-1']);
  });

  it('removes the account of an archived chain, also while the server is away', async () => {
    const setup = new Setup();
    await setup.accounts.ensure(chain('shop'));
    await setup.accounts.ensure(chain('game'));
    await setup.accounts.remove(chain('shop'));
    expect([...setup.server]).toEqual(['jwt-game-2']);
    setup.system.connected = false;
    await setup.accounts.remove(chain('game'));
    await setup.accounts.remove(chain('game'));
    expect(setup.records.size).toBe(0);
  });

  it('says that a server without our operator is shared', async () => {
    const setup = new Setup(false);
    expect(await setup.accounts.ensure(chain('shop'))).toEqual({ shared: true });
    expect(setup.issued).toBe(0);
  });

  it('changes the limits of an account, which keeps its key and its credentials', async () => {
    const setup = new Setup();
    await setup.accounts.ensure(chain('shop'));
    const { publicKey } = setup.records.get('id-shop')!;
    await setup.accounts.ensure(chain('shop', 'large'));
    await setup.clock.advance(0);
    expect(setup.records.get('id-shop')).toMatchObject({ publicKey, accountJwt: 'jwt-shop-more' });
    expect(setup.issued).toBe(1);
    expect(setup.server).toContain('jwt-shop-more');
  });

  it('is known to the server before its chain starts, soon after a database that comes late', async () => {
    const setup = new Setup();
    setup.databaseAway = true;
    await setup.reconnect();
    setup.databaseAway = false;
    let isReady = false;
    const ready = setup.accounts.ensure(chain('shop')).then(() => {
      isReady = true;
    });
    await setup.clock.advance(50);
    expect([isReady, setup.server.size]).toEqual([false, 0]);
    await setup.clock.advance(50);
    await ready;
    expect([...setup.server]).toEqual(['jwt-shop-1']);
  });

  it('lets a chain start all the same when the server is silent', async () => {
    const setup = new Setup();
    setup.databaseAway = true;
    await setup.reconnect();
    const ready = setup.accounts.ensure(chain('shop'));
    await setup.clock.advance(0);
    await setup.clock.advance(500);
    await ready;
    expect(setup.server.size).toBe(0);
  });
});
