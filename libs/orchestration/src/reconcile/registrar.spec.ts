import { FakeWorld } from '../testing/fake-world.js';
import { Reconciler } from './reconciler.js';

const registered = (world: FakeWorld) =>
  world.chain('shop').status.conditions.find(({ type }) => type === 'Registered')?.status;

describe('Registrar', () => {
  it('serves before the root has it, and registers it beside', async () => {
    const world = new FakeWorld();
    world.add('shop');
    const modules = world.modules();
    const register = modules.root.register;
    let mine = () => {};
    modules.root.register = async (chain) => {
      await new Promise<void>((resolve) => {
        mine = resolve;
      });
      await register(chain);
    };
    const reconciler = new Reconciler(world.reconciler().options, modules);
    await world.converge('shop', reconciler);
    expect(world.chain('shop').status).toMatchObject({
      phase: 'Running',
      nodeRpcUrl: 'http://shop',
    });
    expect(registered(world)).toBeUndefined();
    mine();
    await world.converge('shop', reconciler);
    expect(registered(world)).toBe(true);
    expect(world.deeds.filter((d) => d === 'register shop')).toHaveLength(1);
  });

  it('registers what is stopped right after its birth, so that its last blocks are anchored', async () => {
    const world = new FakeWorld();
    world.add('shop');
    const modules = world.modules();
    const register = modules.root.register;
    modules.root.register = () => Promise.reject(new Error('the root is away'));
    const reconciler = new Reconciler(world.reconciler().options, modules);
    await world.converge('shop', reconciler).catch(() => undefined);
    world.settled = false;
    world.change('shop', { desired: 'paused' });
    await reconciler.reconcile('id-shop');
    modules.root.register = register;
    for (let i = 0; i < 3; i++) await reconciler.reconcile('id-shop');
    expect(registered(world)).toBe(true);
    world.settled = true;
    await world.converge('shop', reconciler);
    expect(world.chain('shop').status.phase).toBe('Paused');
  });

  it('never serves a chain whose chosen id is another one on the root', async () => {
    const world = new FakeWorld();
    const committee = { members: [`0x${'01'.repeat(20)}` as const], threshold: 1 };
    world.registered.set(77, { chainId: 77, committee });
    world.add('shop', { chainId: 77 });
    await world.converge('shop');
    expect(world.deeds.filter((d) => d === 'start shop')).toHaveLength(0);
  });
});
