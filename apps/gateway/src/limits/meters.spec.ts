import { SimulatedClock } from '@flotilla/testing';
import { DEFAULT_LIMITS } from './default-limits.js';
import { Meters } from './meters.js';

const route = (name: string) => ({ name, chainId: 1, phase: 'Running', limits: DEFAULT_LIMITS });
const setup = () => new Meters({ clock: new SimulatedClock() });

describe('Meters', () => {
  it('has one for each chain, and one for all names that no chain has', () => {
    const meters = setup();
    expect(meters.of('a', route('a'))).toBe(meters.of('a', route('a')));
    expect(meters.of('a', route('a'))).not.toBe(meters.of('b', route('b')));
    expect(meters.of('x', undefined)).toBe(meters.of('y', undefined));
    const strays = meters.of('x', undefined);
    const answers = Array.from({ length: 1_000 }, () => strays.take('me', 0)?.limit);
    expect(answers).toContain('requestsPerSecond');
  });

  it('takes changed limits of a route over, and the defaults where it has none', () => {
    const meters = setup();
    const limits = { ...DEFAULT_LIMITS, inFlight: 3 };
    expect(meters.of('a', { ...route('a'), limits: undefined }).limits).toBe(DEFAULT_LIMITS);
    expect(meters.of('a', { ...route('a'), limits }).limits).toBe(limits);
  });

  it('forgets chains that are gone', () => {
    const meters = setup();
    const before = meters.of('a', route('a'));
    meters.keep(new Set(['b']));
    expect(meters.of('a', route('a'))).not.toBe(before);
  });
});
