import { FakeWorld } from '../testing/fake-world.js';

const running = async (): Promise<FakeWorld> => {
  const world = new FakeWorld();
  world.add('shop');
  await world.converge('shop');
  return world;
};

const stops = ({ deeds }: FakeWorld) => deeds.filter((deed) => deed === 'stop shop').length;
const starts = ({ deeds }: FakeWorld) => deeds.filter((deed) => deed === 'start shop').length;

describe('sleep', () => {
  it('ends the process and keeps what gateways answer with', async () => {
    const world = await running();
    world.change('shop', { desired: 'sleeping' });
    await world.converge('shop');
    const chain = world.chain('shop');
    expect(chain.status).toMatchObject({
      phase: 'Sleeping',
      nodeRpcUrl: null,
      instances: [],
      asleep: { latestBlock: { number: '0x7' }, gasPrice: '0x1' },
    });
    expect(chain.observedGeneration).toBe(chain.generation);
    expect(stops(world)).toBe(1);
  });

  it('tells gateways before the process ends, and lets what they had sent get there', async () => {
    const world = await running();
    const reconciler = world.reconciler();
    world.change('shop', { desired: 'sleeping' });
    const { requeueAfterMs } = await reconciler.reconcile('id-shop');
    expect(world.chain('shop').status).toMatchObject({ phase: 'Sleeping', nodeRpcUrl: null });
    expect([requeueAfterMs, stops(world)]).toEqual([200, 0]);
    await world.clock.advance(200);
    await reconciler.reconcile('id-shop');
    expect(stops(world)).toBe(1);
  });

  it.each([{ isQuiet: false }, { isAnchored: false }])(
    'waits while %o, but not for ever',
    async (state) => {
      const world = await running();
      world.rest = { ...world.rest, ...state };
      world.change('shop', { desired: 'sleeping' });
      const reconciler = world.reconciler();
      for (let waited = 0; waited < 14_000; waited += 100) {
        await reconciler.reconcile('id-shop');
        await world.clock.advance(100);
      }
      // By then requests are held, and the first of them would wake it.
      expect([world.chain('shop').status.phase, stops(world)]).toEqual(['Sleeping', 0]);
      await world.clock.advance(2_000);
      await world.converge('shop', reconciler);
      expect([world.chain('shop').status.phase, stops(world)]).toEqual(['Sleeping', 1]);
    },
  );

  it('leaves a chain whose process died meanwhile asleep', async () => {
    const world = await running();
    world.change('shop', { desired: 'sleeping' });
    world.die('shop');
    await world.converge('shop');
    expect(world.chain('shop').status).toMatchObject({ phase: 'Sleeping', restarts: 0 });
    expect(starts(world)).toBe(1);
  });

  it('wakes when it is wanted again, also while it is falling asleep', async () => {
    const world = await running();
    const reconciler = world.reconciler();
    world.change('shop', { desired: 'sleeping' });
    await reconciler.reconcile('id-shop');
    world.change('shop', { desired: 'running' });
    await world.converge('shop', reconciler);
    expect(world.chain('shop').status).toMatchObject({ phase: 'Running', asleep: null });
    expect([starts(world), stops(world)]).toEqual([1, 0]);
  });

  it('wakes while the root is away, with the configuration of its last run', async () => {
    const world = await running();
    world.change('shop', { desired: 'sleeping' });
    await world.converge('shop');
    world.rootAway = true;
    world.configsAway = true;
    world.change('shop', { desired: 'running' });
    await world.converge('shop');
    expect(world.chain('shop').status).toMatchObject({ phase: 'Running', asleep: null });
  });

  it('writes the row once for a wake', async () => {
    const world = await running();
    const reconciler = world.reconciler();
    world.change('shop', { desired: 'sleeping' });
    await world.converge('shop', reconciler);
    world.change('shop', { desired: 'running' });
    const { version } = world.chain('shop');
    await world.converge('shop', reconciler);
    expect(world.chain('shop')).toMatchObject({
      version: version + 1,
      status: { phase: 'Running' },
    });
  });

  it('is paused, and archived, without being woken', async () => {
    const world = await running();
    world.change('shop', { desired: 'sleeping' });
    await world.converge('shop');
    for (const [desired, phase] of [
      ['paused', 'Paused'],
      ['archived', 'Archived'],
    ] as const) {
      world.change('shop', { desired });
      await world.converge('shop');
      expect(world.chain('shop').status).toMatchObject({ phase, asleep: null });
    }
    expect(starts(world)).toBe(1);
  });

  it('ends in one sleeping, or one healthy, chain wherever the orchestrator is cut off', async () => {
    for (let failAfter = 0; failAfter < 12; failAfter++) {
      const world = await running();
      for (const [desired, phase] of [
        ['sleeping', 'Sleeping'],
        ['running', 'Running'],
      ] as const) {
        world.change('shop', { desired });
        world.failAfter = failAfter;
        await world.converge('shop').catch(() => {});
        world.failAfter = undefined;
        await world.converge('shop');
        expect(world.chain('shop').status.phase).toBe(phase);
      }
      expect(starts(world)).toBe(2);
    }
  });
});
