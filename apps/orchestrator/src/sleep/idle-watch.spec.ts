import { silentLogger } from '@flotilla/common';
import type { Heartbeat } from '@flotilla/messaging';
import { chainSpecSchema, INITIAL_STATUS, SIZES } from '@flotilla/orchestration';
import type { ChainModification, StoredChain } from '@flotilla/persistence';
import type { LiveChain } from '../telemetry/live-chains.js';
import { IdleWatch } from './idle-watch.js';

const small = SIZES.small.reserved;

const chainOf = (name: string, change: Partial<StoredChain> = {}) =>
  ({
    ...{ id: `id-${name}`, name, desired: 'running', generation: 1, observedGeneration: 1 },
    spec: chainSpecSchema.parse({}),
    status: { ...INITIAL_STATUS, phase: 'Running' },
    ...change,
  }) as StoredChain;

const beatOf = (change: Partial<Heartbeat>) =>
  ({ txpool: { pending: 0, queued: 0 }, ...change }) as Heartbeat;

function setUp(
  idle: Record<string, number> = {},
  chains = Object.keys(idle).map((n) => chainOf(n)),
) {
  const asked: Record<string, ChainModification> = {};
  const added: string[] = [];
  const watch = new IdleWatch(
    { profile: 'dev' },
    {
      chains: {
        modify: async (chain, change) => {
          asked[chain.name] = change;
          return { ...chain, ...change } as StoredChain;
        },
      },
      live: { get: (name) => ({ live: { idleMs: idle[name] } }) as LiveChain },
      changes: { waitFor: async () => undefined },
      work: { add: (id) => added.push(id) },
      all: () => chains,
      logger: silentLogger,
    },
  );
  return { watch, asked, added };
}

describe('idle watch', () => {
  it('puts a chain to sleep that says it has not been used for long enough', async () => {
    const { watch, asked, added } = setUp();
    await watch.beat(chainOf('shop'), beatOf({ idleMs: 599_999 }));
    expect(asked).toEqual({});
    await watch.beat(chainOf('shop'), beatOf({ idleMs: 600_000 }));
    expect(asked).toMatchObject({ shop: { desired: 'sleeping' } });
    expect(added).toEqual(['id-shop']);
  });

  it('wakes one whose last word is that something is left to mine', async () => {
    const { watch, asked } = setUp();
    const shop = chainOf('shop', { desired: 'sleeping' });
    await watch.beat(shop, beatOf({ txpool: { pending: 1, queued: 0 } }));
    expect(asked).toEqual({});
    await watch.beat(shop, beatOf({ ending: true, txpool: { pending: 1, queued: 0 } }));
    expect(asked).toMatchObject({ shop: { desired: 'running' } });
  });

  it('makes room with the least recently used chain, and with none that is in use', async () => {
    const { watch, asked } = setUp({ busy: 100, quiet: 60_000, quietest: 90_000 });
    expect(await watch.makeRoom(small)).toBe(true);
    expect(Object.keys(asked)).toEqual(['quietest']);
    expect(await setUp({ busy: 29_000 }).watch.makeRoom(small)).toBe(false);
    const wakeful = chainOf('wakeful', {
      spec: chainSpecSchema.parse({ sleep: { afterSeconds: null } }),
    });
    expect(await setUp({ wakeful: 90_000 }, [wakeful]).watch.makeRoom(small)).toBe(false);
  });

  it('disturbs nobody for what all idle chains together could not make room for', async () => {
    const idle = { quiet: 60_000, quieter: 70_000, quietest: 90_000 };
    const { cpuMillis, memoryMb } = small;
    for (const short of [
      { cpuMillis: 0, memoryMb: 3 * memoryMb + 1 },
      { cpuMillis: 3 * cpuMillis + 1, memoryMb: 0 },
    ]) {
      const { watch, asked } = setUp(idle);
      expect(await watch.makeRoom(short)).toBe(false);
      expect(asked).toEqual({});
    }
    const { watch, asked } = setUp(idle);
    expect(await watch.makeRoom({ cpuMillis: 3 * cpuMillis, memoryMb: 3 * memoryMb })).toBe(true);
    expect(Object.keys(asked)).toEqual(['quietest']);
  });

  it('counts what is on its way out as room', async () => {
    const chains = [chainOf('gone-soon', { desired: 'sleeping' }), chainOf('quiet')];
    const two = { cpuMillis: 2 * small.cpuMillis, memoryMb: 2 * small.memoryMb };
    const { watch, asked } = setUp({ quiet: 60_000 }, chains);
    expect(await watch.makeRoom(two)).toBe(true);
    expect(Object.keys(asked)).toEqual(['quiet']);
  });
});
