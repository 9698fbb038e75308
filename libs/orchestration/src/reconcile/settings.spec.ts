import type { ChainSpec } from '../spec/chain-spec.schema.js';
import { FakeWorld } from '../testing/fake-world.js';

async function running() {
  const world = new FakeWorld();
  world.add('shop');
  const reconciler = world.reconciler();
  await world.converge('shop', reconciler);
  const patch = (change: Partial<ChainSpec>) =>
    world.change('shop', { spec: { ...world.chain('shop').spec, ...change } });
  const pass = () => reconciler.reconcile('id-shop');
  const newest = () => world.settings.at(-1)?.settings;
  const starts = () => world.deeds.filter((deed) => deed === 'start shop').length;
  return { world, reconciler, patch, pass, newest, starts };
}

const FIXED: Partial<ChainSpec> = { fees: { mode: 'fixed', gasPrice: '5' } };
const FREE: Partial<ChainSpec> = { fees: { mode: 'free' } };

describe('a change of the settings', () => {
  it('reaches the running node without a restart and is recorded with its block', async () => {
    const { world, reconciler, patch, starts } = await running();
    expect(world.settings).toEqual([]);
    patch({ ...FIXED, allow: { deployers: [] } });
    await world.converge('shop', reconciler);
    expect(starts()).toBe(1);
    expect(world.chain('shop')).toMatchObject({
      observedGeneration: 2,
      status: { phase: 'Running', settings: { generation: 2, fromBlock: 1 } },
    });
    expect(world.chain('shop').status.settings).not.toHaveProperty('asked');
    // Who reads the chain at the newest event must see that nothing is on its way any more.
    expect(world.events.at(-1)).toEqual({ type: 'chain.settled', data: { generation: 2 } });
    expect(world.events.filter(({ type }) => type === 'chain.settings')).toEqual([
      {
        type: 'chain.settings',
        data: expect.objectContaining({
          generation: 2,
          fromBlock: 1,
          fees: { mode: 'fixed', gasPrice: '5' },
          allow: { deployers: 0, senders: null },
        }),
      },
    ]);
    const { version } = world.chain('shop');
    await world.converge('shop', world.reconciler());
    expect(world.chain('shop').version).toBe(version);
    expect(world.settings).toHaveLength(1);
  });

  it.each(['commands', 'answers'] as const)(
    'is asked for until the node answers, when %s get lost, and observed only then',
    async (lost) => {
      const { world, patch, pass, newest } = await running();
      world.natsAway = lost;
      patch(FIXED);
      for (let i = 0; i < 5; i++) {
        expect(await pass()).toEqual({ requeueAfterMs: 500 });
        expect(world.chain('shop')).toMatchObject({
          observedGeneration: 1,
          status: { phase: 'Running' },
        });
      }
      world.natsAway = 'none';
      await pass();
      expect(world.chain('shop').observedGeneration).toBe(2);
      expect(newest()?.fees.mode).toBe('fixed');
      expect(world.settings).toHaveLength(1);
    },
  );

  it('is undone on the node too when it was taken back before the node had answered', async () => {
    const { world, patch, pass, newest } = await running();
    world.natsAway = 'answers';
    patch(FIXED);
    await pass();
    expect(newest()?.fees.mode).toBe('fixed');
    patch(FREE);
    world.natsAway = 'none';
    await world.converge('shop', world.reconciler());
    expect(newest()?.fees.mode).toBe('free');
    expect(world.chain('shop').observedGeneration).toBe(3);
  });

  it.each([1, 2, 3, 4, 5])('survives a crash of the orchestrator at step %i', async (cut) => {
    const { world, patch, newest, starts } = await running();
    patch(FIXED);
    for (const offset of [0, 0.5]) {
      world.failAfter = cut + offset;
      await world.converge('shop').catch(() => undefined);
    }
    world.failAfter = undefined;
    await world.converge('shop');
    expect(newest()?.fees.mode).toBe('fixed');
    expect([starts(), world.settings.length]).toEqual([1, 1]);
    expect(world.chain('shop').observedGeneration).toBe(2);
  });

  it('of a paused chain is there before anybody is routed to it again', async () => {
    const { world, reconciler, patch, pass, newest } = await running();
    world.change('shop', { desired: 'paused' });
    await world.converge('shop', reconciler);
    patch(FIXED);
    world.change('shop', { desired: 'running' });
    world.natsAway = 'commands';
    for (let i = 0; i < 5; i++) await pass();
    expect(world.chain('shop').status).toMatchObject({ phase: 'Provisioning', nodeRpcUrl: null });
    world.natsAway = 'none';
    await world.converge('shop', reconciler);
    expect(newest()?.fees.mode).toBe('fixed');
    expect(world.chain('shop').status).toMatchObject({
      phase: 'Running',
      nodeRpcUrl: 'http://shop',
    });
  });
});
