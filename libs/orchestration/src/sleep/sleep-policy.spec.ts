import { FakeWorld } from '../testing/fake-world.js';
import { isIdle, sleepAfterSeconds } from './sleep-policy.js';

describe('when a chain goes to sleep', () => {
  it('follows the profile unless the spec says otherwise', () => {
    expect(sleepAfterSeconds({ sleep: {} }, 'dev')).toBe(600);
    expect(sleepAfterSeconds({ sleep: {} }, 'production')).toBeNull();
    expect(sleepAfterSeconds({ sleep: { afterSeconds: 7 } }, 'production')).toBe(7);
    expect(sleepAfterSeconds({ sleep: { afterSeconds: null } }, 'dev')).toBeNull();
  });

  const running = async (change: object = {}) => {
    const world = new FakeWorld();
    world.add('shop', { sleep: { afterSeconds: 10 } });
    await world.converge('shop');
    return { ...world.chain('shop'), ...change };
  };

  it('is idle once nobody has used it for that long', async () => {
    const chain = await running();
    expect(isIdle(chain, 9_999, 'dev')).toBe(false);
    expect(isIdle(chain, 10_000, 'dev')).toBe(true);
  });

  it.each([
    ['it is wanted paused', { desired: 'paused' }],
    ['a change is under way', { observedGeneration: 0 }],
  ] as const)('stays awake while %s', async (_, change) => {
    expect(isIdle(await running(change), 60_000, 'dev')).toBe(false);
  });

  it('stays awake while the root does not take its checkpoints', async () => {
    const chain = await running();
    const delayed = {
      type: 'AnchoringDelayed',
      status: true,
      reason: 'X',
      message: '',
      lastTransitionAt: '',
    } as const;
    const status = { ...chain.status, conditions: [delayed] };
    expect(isIdle({ ...chain, status }, 60_000, 'dev')).toBe(false);
  });
});
