import type { ChainLimits } from './chain-limits.js';
import { limitsOf } from './chain-limits.schema.js';
import { chainSpecSchema } from './chain-spec.schema.js';
import { SIZE_NAMES, SIZES } from './sizes.js';

const limits = (input: unknown): ChainLimits => limitsOf(chainSpecSchema.parse(input));

describe('limits of a chain', () => {
  it('are its size: small unless asked for', () => {
    expect(limits({})).toEqual(SIZES.small);
    expect(limits({ size: 'large' })).toEqual(SIZES.large);
  });

  it('take custom figures in place of the size`s, and "none" for no limit', () => {
    const custom = { host: { cpuPercent: 75, diskMb: 'none' }, node: { batch: 10 } };
    const { host, node, edge } = limits({ size: 'medium', limits: custom });
    expect(host).toEqual({ ...SIZES.medium.host, cpuPercent: 75, diskMb: null });
    expect(node).toEqual({ ...SIZES.medium.node, batch: 10 });
    expect(edge).toEqual(SIZES.medium.edge);
  });

  it.each(SIZE_NAMES)('every figure of %s may be asked for by itself', (size) => {
    const custom = Object.fromEntries(
      Object.entries(SIZES[size]).map(([group, figures]) => [
        group,
        Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, value ?? 'none'])),
      ]),
    );
    expect(limits({ size: 'small', limits: custom })).toEqual(SIZES[size]);
  });

  it('grow with the size', () => {
    for (const [at, size] of SIZE_NAMES.slice(1).entries()) {
      const [smaller, larger] = [SIZES[SIZE_NAMES[at]], SIZES[size]];
      expect(atMost(smaller.host, larger.host)).toBe(true);
      expect(atMost(smaller.edge, larger.edge)).toBe(true);
      expect(atMost(smaller.node, larger.node)).toBe(true);
    }
  });
});

function atMost(smaller: object, larger: object): boolean {
  const figures = Object.values(larger).map((value) => value ?? Number.POSITIVE_INFINITY);
  return Object.values(smaller).every((v, at) => (v ?? Number.POSITIVE_INFINITY) <= figures[at]);
}
