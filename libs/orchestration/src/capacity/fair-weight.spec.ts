import { type ChainSpecInput, chainSpecSchema } from '../spec/chain-spec.schema.js';
import { INITIAL_STATUS } from '../status/chain-status.js';
import { fairWeight, processorShares } from './fair-weight.js';

const HOST = { cpuMillis: 1_500, memoryMb: 20_000 };
const chain = (spec: ChainSpecInput, phase: 'Running' | 'Sleeping' = 'Running') => ({
  spec: chainSpecSchema.parse(spec),
  desired: phase === 'Running' ? ('running' as const) : ('sleeping' as const),
  status: { ...INITIAL_STATUS, phase },
});
const small = chain({ size: 'small' });
const medium = chain({ size: 'medium' });
const large = chain({ size: 'large' });
const times = <T>(count: number, of: T): T[] => Array.from({ length: count }, () => of);

/** Thousandths of a core for each when all want as much as they can get. */
function millisOf(chains: readonly (typeof small)[]): number[] {
  const shares = processorShares(chains, HOST);
  const weights = chains.map((each) => fairWeight(each, shares));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => (HOST.cpuMillis * weight) / sum);
}

describe('weight of a chain', () => {
  it.each([
    ['one large among as many small ones as fit', [large, ...times(78, small)]],
    ['large and medium ones', [...times(3, large), ...times(3, medium)]],
    ['all sizes', [...times(2, large), ...times(5, medium), ...times(14, small)]],
    ['an empty house', [small]],
  ])('keeps what each was promised: %s', (_, chains) => {
    for (const [at, millis] of millisOf(chains).entries()) {
      const { size } = chains[at].spec;
      const promised = { small: 14, medium: 100, large: 400, dedicated: 250 }[size!];
      expect(millis).toBeGreaterThanOrEqual(0.98 * promised);
    }
  });

  it('gives a small chain beside a large one more than its promise while there is more', () => {
    const [of] = millisOf([small, large]);
    expect(of).toBeGreaterThan(200);
  });

  it('counts each instance, and nobody who sleeps', () => {
    const pair = chain({ size: 'medium', failover: true });
    const asleep = chain({ size: 'large' }, 'Sleeping');
    expect(processorShares([pair, asleep], HOST)).toEqual({
      ...{ millis: 1_500, spareMillis: 1_300, weights: 400 },
    });
  });

  it('stays within the kernel`s bounds on a host that has shrunk', () => {
    const shares = processorShares(times(3, large), { cpuMillis: 0, memoryMb: 0 });
    expect(fairWeight(large, shares)).toBe(3_333);
    expect(fairWeight(small, processorShares([], { cpuMillis: 0, memoryMb: 0 }))).toBe(10_000);
  });
});
