import type { InstanceReport } from '../ports.js';
import { FakeWorld } from '../testing/fake-world.js';

const caughtUp = (change: Partial<InstanceReport['following']> = {}): InstanceReport => ({
  role: 'follower',
  epoch: 1,
  following: { lag: 0, paired: true, ...change },
});

/** A chain whose producer and followers run. */
async function running(spec: Parameters<FakeWorld['add']>[1], followers: readonly string[]) {
  const world = new FakeWorld();
  world.add('shop', spec);
  world.folders.add('shop-0');
  for (const id of followers) world.reports.set(id, caughtUp());
  const reconciler = world.reconciler();
  await settle(world, reconciler);
  return { world, reconciler };
}

/** A second is long enough for what is looked at every fraction of it. */
async function settle(world: FakeWorld, reconciler = world.reconciler(), rounds = 20) {
  for (let i = 0; i < rounds; i++) {
    const { requeueAfterMs } = await reconciler.reconcile('id-shop');
    await world.clock.advance(Math.min(requeueAfterMs ?? 500, 500));
  }
}

const ids = (world: FakeWorld) => world.chain('shop').status.instances.map(({ id }) => id);
const routed = (world: FakeWorld) => world.chain('shop').status.replicas.map(({ id }) => id);
const scaled = (world: FakeWorld, replicas: number) => {
  const { spec } = world.chain('shop');
  const scale = { ...spec.scale, replicas: { min: replicas, max: replicas } };
  world.change('shop', { spec: { ...spec, scale } });
};

describe('followers', () => {
  it('brings replicas up, and has reads routed to them once they have caught up', async () => {
    const { world, reconciler } = await running({ scale: { replicas: { min: 2, max: 2 } } }, []);
    expect(routed(world)).toEqual([]);
    world.reports.set('shop-1', caughtUp());
    world.reports.set('shop-2', caughtUp({ lag: 5_000 }));
    await settle(world, reconciler);
    expect(ids(world)).toEqual(['shop-0', 'shop-1', 'shop-2']);
    expect(routed(world)).toEqual(['shop-1']);
    const { version } = world.chain('shop');
    await settle(world, reconciler);
    expect(world.chain('shop').version).toBe(version);
  });

  it('takes a replica out of the routes before it stops it', async () => {
    const { world, reconciler } = await running({ scale: { replicas: { min: 1, max: 1 } } }, [
      'shop-1',
    ]);
    expect(routed(world)).toEqual(['shop-1']);
    scaled(world, 0);
    await reconciler.reconcile('id-shop');
    expect(routed(world)).toEqual([]);
    expect(world.deeds).not.toContain('stop shop-1');
    await settle(world, reconciler);
    expect(world.deeds.slice(-2)).toEqual(['stop shop-1', 'delete shop-1']);
    expect(ids(world)).toEqual(['shop-0']);
  });

  it('restarts one that died or does not answer, and leaves the producer alone', async () => {
    const { world, reconciler } = await running({ scale: { replicas: { min: 1, max: 1 } } }, [
      'shop-1',
    ]);
    world.die('shop-1');
    await settle(world, reconciler, 3);
    expect(world.deeds.filter((deed) => deed === 'start shop-1')).toHaveLength(2);
    world.reports.delete('shop-1');
    await settle(world, reconciler, 20);
    expect(world.deeds).toContain('kill shop-1');
    expect(world.deeds).not.toContain('stop shop');
  });

  it('backs off one that never comes up, and leaves the instances to others that are kept ready', async () => {
    const { world, reconciler } = await running({ scale: { replicas: { min: 1, max: 1 } } }, [
      'shop-1',
    ]);
    world.die('shop-1');
    world.behaviour = 'dies';
    world.reports.delete('shop-1');
    const startedAt = world.clock.now();
    while (world.clock.now() - startedAt < 20_000) await settle(world, reconciler, 1);
    // At once after a run that had served, and after the first that had not; then after 1, 2, 4 and 8 s.
    expect(world.coldStarts).toEqual([false, false, false, true, true, true, true, true]);
  });

  it('stops routing to a follower that refused a block, and says so', async () => {
    const { world, reconciler } = await running({ scale: { replicas: { min: 1, max: 1 } } }, [
      'shop-1',
    ]);
    const refused = { code: 'INVALID_BLOCK', message: 'another stateRoot', block: 7 };
    world.reports.set('shop-1', caughtUp({ refused }));
    await settle(world, reconciler, 3);
    expect(routed(world)).toEqual([]);
    expect(world.chain('shop').status.conditions).toContainEqual(
      expect.objectContaining({ type: 'ReplicaRefused', status: true, reason: 'INVALID_BLOCK' }),
    );
  });

  it('keeps the folder of a follower whose history forked, and builds it anew', async () => {
    const { world, reconciler } = await running({ failover: true }, ['shop-1']);
    const refused = { code: 'FORKED', message: 'another block 7', block: 7 };
    world.reports.set('shop-1', caughtUp({ refused }));
    await reconciler.reconcile('id-shop');
    world.reports.set('shop-1', caughtUp());
    await settle(world, reconciler);
    expect(world.deeds.filter((deed) => deed.endsWith('shop-1'))).toEqual([
      ...['start shop-1', 'stop shop-1', 'keep shop-1', 'start shop-1'],
    ]);
  });

  it('has nobody follow a chain that was tampered with', async () => {
    const { world, reconciler } = await running({ scale: { replicas: { min: 1, max: 1 } } }, [
      'shop-1',
    ]);
    world.tamper('shop');
    await settle(world, reconciler);
    expect(ids(world)).toEqual(['shop-0']);
  });
});

describe('failover', () => {
  const pair = () => running({ failover: true }, ['shop-1']);
  const lease = (world: FakeWorld) => world.chain('shop').status.lease;

  it('has one follower always, and routes no reads to it', async () => {
    const { world } = await pair();
    expect(ids(world)).toEqual(['shop-0', 'shop-1']);
    expect(routed(world)).toEqual([]);
  });

  it.each(['dies', 'falls silent'])(
    'puts the standby in the place of a producer that %s',
    async (how) => {
      const { world, reconciler } = await pair();
      if (how === 'dies') world.die('shop');
      else world.silent.add('shop-0');
      const lostAt = world.clock.now();
      for (let i = 0; i < 200 && lease(world) === null; i++) {
        const { requeueAfterMs = 0 } = await reconciler.reconcile('id-shop');
        await world.clock.advance(requeueAfterMs);
      }
      expect(world.clock.now() - lostAt).toBeLessThan(3_000);
      expect(lease(world)).toEqual({ instance: 'shop-1', epoch: 2 });
      expect(world.epochs.get(world.chain('shop').chainId as number)).toBe(2);
      expect(world.leases.get('shop-1')).toEqual({ instance: 'shop-1', epoch: 2 });
      expect(world.chain('shop').status.nodeRpcUrl).toBe('http://shop-1');
      expect(world.events).toContainEqual(
        expect.objectContaining({
          type: 'chain.failover',
          data: expect.objectContaining({ from: 'shop-0', to: 'shop-1', epoch: 2 }),
        }),
      );
      // The old one comes back as the follower of the new one.
      world.silent.clear();
      world.reports.set('shop-0', { ...caughtUp(), epoch: 2 });
      await settle(world, reconciler, 30);
      expect(world.leases.get('shop-0')).toEqual({ instance: 'shop-1', epoch: 2 });
      expect(ids(world)).toEqual(['shop-1', 'shop-0']);
    },
  );

  it('has another standby soon when it falls silent, under the same lease', async () => {
    const { world, reconciler } = await pair();
    world.reports.delete('shop-1');
    const silentAt = world.clock.now();
    const starts = () => world.deeds.filter((deed) => deed === 'start shop-1').length;
    while (starts() < 2 && world.clock.now() - silentAt < 20_000) {
      const { requeueAfterMs = 0 } = await reconciler.reconcile('id-shop');
      await world.clock.advance(requeueAfterMs);
    }
    expect(world.clock.now() - silentAt).toBeLessThan(3_000);
    expect(world.deeds.slice(-2)).toEqual(['kill shop-1', 'start shop-1']);
    expect(lease(world)).toBeNull();
  });

  it('is patient with a standby that has yet to catch up', async () => {
    const world = new FakeWorld();
    world.add('shop', { failover: true });
    world.reports.set('shop-1', caughtUp({ lag: 5_000, paired: false }));
    const reconciler = world.reconciler();
    await settle(world, reconciler);
    world.reports.delete('shop-1');
    await settle(world, reconciler, 10);
    expect(world.deeds.filter((deed) => deed.startsWith('kill'))).toEqual([]);
    await settle(world, reconciler, 10);
    expect(world.deeds.filter((deed) => deed.startsWith('kill'))).toEqual(['kill shop-1']);
  });

  it('does not take a standby that lacks something, or knows another epoch', async () => {
    for (const report of [
      caughtUp({ paired: false }),
      { ...caughtUp(), epoch: 3 },
      caughtUp({ refused: { code: 'FORKED', message: '', block: 1 } }),
    ]) {
      const { world, reconciler } = await pair();
      world.reports.set('shop-1', report);
      world.die('shop');
      await settle(world, reconciler, 3);
      expect(lease(world)).toBeNull();
      expect(world.deeds.filter((deed) => deed === 'start shop')).toHaveLength(2);
    }
  });

  it('grants an epoch once, wherever it is cut off', async () => {
    for (let cut = 1; cut < 10; cut++) {
      const { world } = await pair();
      world.die('shop');
      world.failAfter = cut;
      await world
        .reconciler()
        .reconcile('id-shop')
        .catch(() => undefined);
      world.failAfter = undefined;
      await settle(world);
      expect(lease(world)).toMatchObject({ instance: 'shop-1' });
      expect(lease(world)?.epoch).toBe(world.epochs.get(world.chain('shop').chainId as number));
    }
  });

  it('waits for the root: nobody produces without an epoch of its own', async () => {
    const { world, reconciler } = await pair();
    world.rootAway = true;
    world.die('shop');
    await expect(reconciler.reconcile('id-shop')).rejects.toThrow();
    expect(lease(world)).toBeNull();
    world.rootAway = false;
    await settle(world, reconciler, 3);
    expect(lease(world)).toEqual({ instance: 'shop-1', epoch: 2 });
  });
});
