import { FakeWorld, KEY_ADDRESS } from '../testing/fake-world.js';
import { Reconciler } from './reconciler.js';

const condition = (world: FakeWorld, name: string, type: string) =>
  world.chain(name).status.conditions.find((c) => c.type === type);

/** As the queue does with the shop, for so long. */
async function keepReconciling(world: FakeWorld, reconciler: Reconciler, forMs: number) {
  for (let waited = 0; waited < forMs; ) {
    const { requeueAfterMs = 0 } = await reconciler.reconcile('id-shop');
    await world.clock.advance(requeueAfterMs);
    waited += Math.max(1, requeueAfterMs);
  }
}

describe('Reconciler', () => {
  it('provisions a chain from nothing to running', async () => {
    const world = new FakeWorld();
    world.add('shop');
    await world.converge('shop');
    const { status, chainId, committee, observedGeneration } = world.chain('shop');
    expect(status).toMatchObject({
      phase: 'Running',
      failure: null,
      nodeRpcUrl: 'http://shop',
      instances: [{ id: 'shop-0', pid: 100, role: 'producer' }],
      restarts: 0,
    });
    expect(chainId).toBeGreaterThanOrEqual(2 ** 31);
    expect(chainId).toBeLessThan(2 ** 52);
    expect(committee).toEqual({ members: [KEY_ADDRESS], threshold: 1 });
    expect(observedGeneration).toBe(1);
    expect(world.registered.get(chainId as number)?.committee).toEqual(committee);
    expect(world.accounts.has('shop')).toBe(true);
    const phases = world.events.filter((e) => e.type === 'chain.phase').map((e) => e.data.to);
    expect(phases).toEqual(['Provisioning', 'Running']);
  });

  it('writes nothing when nothing changed', async () => {
    const world = new FakeWorld();
    world.add('shop');
    const reconciler = world.reconciler();
    await world.converge('shop', reconciler);
    const { version } = world.chain('shop');
    for (let i = 0; i < 5; i++) await reconciler.reconcile('id-shop');
    expect(world.chain('shop').version).toBe(version);
  });

  // The reconciler is killed before and after every single effect, and a new one takes over.
  it.each([0, 1])('converges from a crash at any step (cut %i)', async (offset) => {
    for (let cut = 1; cut < 16; cut++) {
      const world = new FakeWorld();
      world.add('shop');
      world.failAfter = cut + offset * 0.5;
      await world.converge('shop').catch(() => undefined);
      world.failAfter = undefined;
      await world.converge('shop');
      expect(world.chain('shop').status.phase).toBe('Running');
      expect(world.deeds.filter((d) => d.startsWith('start'))).toHaveLength(1);
      expect(world.deeds.filter((d) => d.startsWith('register'))).toHaveLength(1);
      expect(world.registered.size).toBe(1);
    }
  });

  it('waits for the root without giving up, and keeps running chains alive meanwhile', async () => {
    const world = new FakeWorld();
    world.add('old');
    await world.converge('old');
    world.rootAway = true;
    world.add('shop');
    await expect(world.reconciler().reconcile('id-shop')).rejects.toThrow();
    expect(world.chain('shop').status.phase).toBe('Provisioning');
    world.die('old');
    await world.converge('old');
    expect(world.chain('old').status.phase).toBe('Running');
    world.rootAway = false;
    await world.converge('shop');
    expect(world.chain('shop').status.phase).toBe('Running');
  });

  it('restarts a dead process at once and counts it', async () => {
    const world = new FakeWorld();
    world.add('shop');
    const reconciler = world.reconciler();
    await world.converge('shop', reconciler);
    const before = world.clock.now();
    world.die('shop');
    await world.converge('shop', reconciler);
    expect(world.clock.now() - before).toBeLessThan(2_000);
    expect(world.chain('shop').status).toMatchObject({
      phase: 'Running',
      restarts: 1,
      instances: [{ pid: 101 }],
    });
    expect(world.events.filter((e) => e.type === 'chain.restarted')).toHaveLength(1);
  });

  it('backs off a process that never comes up, and says so', async () => {
    const world = new FakeWorld();
    world.add('shop');
    world.behaviour = 'dies';
    const reconciler = world.reconciler();
    const starts = () => world.deeds.filter((d) => d === 'start shop').length;
    await keepReconciling(world, reconciler, 60_000);
    // Twice at once, then after 1, 2, 4, 8, 16 and 32 s.
    expect(starts()).toBe(7);
    expect(world.coldStarts).toEqual([false, ...Array(6).fill(true)]);
    expect(condition(world, 'shop', 'CrashLoop')).toMatchObject({
      status: true,
      reason: 'RESTARTS_BACKED_OFF',
    });
    world.behaviour = 'serves';
    await world.clock.advance(60_000);
    await world.converge('shop', reconciler);
    expect(world.chain('shop').status.phase).toBe('Running');
    expect(condition(world, 'shop', 'CrashLoop')).toBeUndefined();
  });

  it('says with the node`s own words why it does not come up', async () => {
    const world = new FakeWorld();
    world.add('shop');
    world.behaviour = 'dies';
    world.lastLines = [
      '{"level":"info","msg":"warm: [NOT_THIS]"}',
      'micro-chain: record 7 of meta is damaged [CORRUPT_RECORD]',
      '  where: /home/x/chains/shop',
    ];
    const reconciler = world.reconciler();
    for (let i = 0; i < 2; i++) await reconciler.reconcile('id-shop');
    expect(condition(world, 'shop', 'Healthy')).toMatchObject({
      status: false,
      message: 'exit code 1: record 7 of meta is damaged [CORRUPT_RECORD]',
    });
  });

  it('holds it against nobody that he was killed while he came up', async () => {
    const world = new FakeWorld();
    world.add('shop');
    world.behaviour = 'starts';
    const reconciler = world.reconciler();
    const startedAt = world.clock.now();
    for (let kill = 0; kill < 10; kill++) {
      for (let i = 0; i < 2; i++) await reconciler.reconcile('id-shop');
      world.die('shop', { signal: 'SIGKILL' });
    }
    world.behaviour = 'serves';
    await world.converge('shop', reconciler);
    expect(world.clock.now() - startedAt).toBeLessThan(1_000);
    expect(world.coldStarts).not.toContain(true);
    expect(world.chain('shop').status.phase).toBe('Running');
  });

  it('fails a chain whose node refuses its configuration, until something changes', async () => {
    const world = new FakeWorld();
    world.add('shop');
    world.behaviour = 'rejects config';
    const reconciler = world.reconciler();
    await world.converge('shop', reconciler);
    expect(world.chain('shop').status).toMatchObject({
      phase: 'Failed',
      failure: { code: 'NODE_CONFIG_REJECTED' },
    });
    const deeds = world.deeds.length;
    await world.converge('shop', reconciler);
    expect(world.deeds).toHaveLength(deeds);
    world.behaviour = 'serves';
    world.change('shop', { desired: 'running' });
    await world.converge('shop', reconciler);
    expect(world.chain('shop').status).toMatchObject({ phase: 'Running', failure: null });
  });

  it('fails a chain whose chosen id is another one on the root', async () => {
    const world = new FakeWorld();
    const committee = { members: [`0x${'01'.repeat(20)}` as const], threshold: 1 };
    world.registered.set(77, { chainId: 77, committee });
    world.add('shop', { chainId: 77 });
    await world.converge('shop');
    expect(world.chain('shop').status).toMatchObject({
      phase: 'Failed',
      failure: { code: 'CHAIN_ID_TAKEN' },
    });
    const { state } = world.instances.get('shop') ?? {};
    expect(state === undefined || state === 'exited').toBe(true);
  });

  it('does not believe a stranger on the port', async () => {
    const world = new FakeWorld();
    world.add('shop');
    world.answersChainId = 1;
    const reconciler = world.reconciler();
    for (let i = 0; i < 10; i++) await reconciler.reconcile('id-shop');
    expect(world.chain('shop').status.phase).toBe('Provisioning');
  });

  it('starts one chain after the other where cores are few, and goes on past one that never comes up', async () => {
    const world = new FakeWorld();
    for (const name of ['broken', 'shop', 'third']) world.add(name);
    const reconciler = world.reconciler();
    world.behaviour = 'starts';
    await reconciler.reconcile('id-broken');
    await reconciler.reconcile('id-shop');
    expect(world.deeds.filter((deed) => deed === 'start shop')).toEqual([]);
    await world.clock.advance(3_000);
    await reconciler.reconcile('id-shop');
    await reconciler.reconcile('id-third');
    expect(world.deeds.filter((deed) => deed.startsWith('start')).at(-1)).toBe('start shop');
    world.change('shop', { desired: 'paused' });
    await world.converge('shop', reconciler);
    await reconciler.reconcile('id-third');
    expect(world.deeds.at(-1)).toBe('start third');
  });

  it('has nobody wait for one that died before it served', async () => {
    const world = new FakeWorld();
    for (const name of ['broken', 'shop']) world.add(name);
    const reconciler = world.reconciler();
    world.behaviour = 'dies';
    await reconciler.reconcile('id-broken');
    await reconciler.reconcile('id-broken');
    await reconciler.reconcile('id-shop');
    expect(world.deeds.filter((deed) => deed.startsWith('start'))).toEqual([
      ...['start broken', 'start broken', 'start shop'],
    ]);
  });

  it('kills a process that has served and does not answer, within some 20 s, and starts another', async () => {
    const world = new FakeWorld();
    world.add('shop');
    const reconciler = world.reconciler();
    await world.converge('shop', reconciler);
    world.silent.add('shop-0');
    const silentAt = world.clock.now();
    while (!world.deeds.includes('kill shop') && world.clock.now() - silentAt < 60_000) {
      const { requeueAfterMs = 0 } = await reconciler.reconcile('id-shop');
      await world.clock.advance(requeueAfterMs);
    }
    expect(world.clock.now() - silentAt).toBeLessThan(20_000);
    await world.converge('shop', reconciler);
    expect(world.deeds.slice(-2)).toEqual(['kill shop', 'start shop']);
    expect(world.chain('shop').status).toMatchObject({ phase: 'Running', restarts: 1 });
  });

  it('does not restart a process that is silent for a moment', async () => {
    const world = new FakeWorld();
    world.add('shop');
    const reconciler = world.reconciler();
    await world.converge('shop', reconciler);
    world.silent.add('shop-0');
    await keepReconciling(world, reconciler, 14_000);
    world.silent.clear();
    await world.converge('shop', reconciler);
    expect(world.deeds.filter((deed) => deed.startsWith('start'))).toHaveLength(1);
  });

  it('stops and restarts a process that never begins to serve', async () => {
    const world = new FakeWorld();
    world.add('shop');
    world.behaviour = 'starts';
    const reconciler = world.reconciler();
    await keepReconciling(world, reconciler, 310_000);
    expect(world.deeds).toContain('stop shop');
    expect(world.deeds.filter((d) => d === 'start shop')).toHaveLength(2);
  });

  it('pauses once everything is anchored, and resumes', async () => {
    const world = new FakeWorld();
    world.add('shop');
    const reconciler = world.reconciler();
    await world.converge('shop', reconciler);
    world.settled = false;
    world.change('shop', { desired: 'paused' });
    await reconciler.reconcile('id-shop');
    expect(world.chain('shop').status.phase).toBe('Running');
    world.settled = true;
    await world.converge('shop', reconciler);
    expect(world.chain('shop').status).toMatchObject({
      phase: 'Paused',
      nodeRpcUrl: null,
      instances: [],
      scale: { replicas: 0 },
    });
    world.change('shop', { desired: 'running' });
    await world.converge('shop', reconciler);
    expect(world.chain('shop').status).toMatchObject({ phase: 'Running', restarts: 0 });
  });

  it('replaces the process of a chain whose owner asks for a restart, once', async () => {
    const world = new FakeWorld();
    world.add('shop');
    const reconciler = world.reconciler();
    await world.converge('shop', reconciler);
    await world.clock.advance(1_000);
    const chain = world.chain('shop');
    const restartAskedAt = new Date(world.clock.now()).toISOString();
    const status = { ...chain.status, restartAskedAt };
    world.chains.set(chain.id, { ...chain, status, generation: 2, version: chain.version + 1 });
    await world.converge('shop', reconciler);
    await world.converge('shop', world.reconciler());
    expect(world.deeds.filter((deed) => deed === 'stop shop')).toHaveLength(1);
    expect(world.deeds.filter((deed) => deed === 'start shop')).toHaveLength(2);
    expect(world.chain('shop').status).toMatchObject({ phase: 'Running', restarts: 0 });
  });

  it('follows the size that a chain has grown to as it follows its spec', async () => {
    const world = new FakeWorld();
    world.add('shop', { scale: { maxSize: 'medium' } });
    const reconciler = world.reconciler();
    await world.converge('shop', reconciler);
    const looks = world.configLooks;
    const chain = world.chain('shop');
    const status = { ...chain.status, scale: { replicas: 0, size: 'medium' as const } };
    world.chains.set(chain.id, { ...chain, status, version: chain.version + 1 });
    await world.converge('shop', reconciler);
    expect(world.configLooks).toBe(looks + 1);
  });

  it.each([
    ['paused', 'Paused'],
    ['archived', 'Archived'],
  ] as const)(
    'asks a chain that was tampered with for no last anchor: %s',
    async (desired, phase) => {
      const world = new FakeWorld();
      world.add('shop');
      const reconciler = world.reconciler();
      await world.converge('shop', reconciler);
      world.settled = false;
      world.tamper('shop');
      const before = world.clock.now();
      world.change('shop', { desired });
      await world.converge('shop', reconciler);
      expect(world.chain('shop').status.phase).toBe(phase);
      expect(condition(world, 'shop', 'Tampered')?.status).toBe(true);
      expect([world.clock.now() - before, world.settlements]).toEqual([0, 0]);
    },
  );

  it('goes on at once when the mark is heard of while it waits', async () => {
    const world = new FakeWorld();
    world.add('shop');
    const reconciler = world.reconciler();
    await world.converge('shop', reconciler);
    world.settled = false;
    world.change('shop', { desired: 'paused' });
    await reconciler.reconcile('id-shop');
    expect(world.settlements).toBe(1);
    world.tamper('shop');
    await world.converge('shop', reconciler);
    expect([world.chain('shop').status.phase, world.settlements]).toEqual(['Paused', 1]);
  });

  it('does not wait for the last anchor for ever', async () => {
    const world = new FakeWorld();
    world.add('shop');
    const reconciler = world.reconciler();
    await world.converge('shop', reconciler);
    world.settled = false;
    const before = world.clock.now();
    world.change('shop', { desired: 'archived' });
    await world.converge('shop', reconciler);
    expect(world.clock.now() - before).toBeGreaterThanOrEqual(15_000);
    expect(world.chain('shop').status.phase).toBe('Archived');
    expect(world.archived).toEqual(['shop']);
    expect(world.accounts.size).toBe(0);
  });

  it.each([1, 2, 3, 4, 5, 6])('archives once, though cut off at step %i', async (cut) => {
    const world = new FakeWorld();
    world.add('shop');
    await world.converge('shop');
    world.change('shop', { desired: 'archived' });
    world.failAfter = cut;
    await world.converge('shop').catch(() => undefined);
    world.failAfter = undefined;
    await world.converge('shop');
    expect(world.chain('shop').status.phase).toBe('Archived');
    expect(world.accounts.size).toBe(0);
    const deeds = world.deeds.length;
    await world.converge('shop');
    expect(world.deeds).toHaveLength(deeds);
  });

  it('restarts a running node for a new configuration, and only then', async () => {
    const world = new FakeWorld();
    world.add('shop');
    const reconciler = world.reconciler();
    await world.converge('shop', reconciler);
    const { spec } = world.chain('shop');
    world.change('shop', { spec: { ...spec, history: { blocks: 500, archive: false } } });
    await world.converge('shop', reconciler);
    expect(world.deeds.filter((d) => d === 'start shop')).toHaveLength(2);
    expect(world.chain('shop').status).toMatchObject({ phase: 'Running', restarts: 0 });
    await world.converge('shop', world.reconciler());
    expect(world.deeds.filter((d) => d === 'start shop')).toHaveLength(2);
  });

  it('registers a chain that runs elsewhere, and starts nothing', async () => {
    const world = new FakeWorld();
    const members = [`0x${'01'.repeat(20)}`];
    world.add('abroad', {
      runtime: 'external',
      chainId: 5,
      committee: { members, threshold: 1 },
    });
    await world.converge('abroad');
    expect(world.chain('abroad').status).toMatchObject({ phase: 'Running', instances: [] });
    expect(world.deeds).toEqual(['register abroad']);
    world.change('abroad', { desired: 'archived' });
    await world.converge('abroad');
    expect(world.chain('abroad').status.phase).toBe('Archived');
  });

  it('starts over when the owner writes meanwhile', async () => {
    const world = new FakeWorld();
    world.add('shop');
    const modules = world.modules();
    const register = modules.root.register;
    modules.root.register = async (chain) => {
      await register(chain);
      world.change('shop', { desired: 'paused' });
    };
    const reconciler = new Reconciler(world.reconciler().options, modules);
    await world.converge('shop', reconciler);
    expect(world.chain('shop').status.phase).toBe('Paused');
  });
});
