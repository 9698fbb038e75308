import { distributionOf, median, medianRatio, percentile, quarterMedians } from './statistics.js';

describe('statistics', () => {
  it.each([
    [[3], 3],
    [[5, 1, 3], 3],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100], 10],
  ])('median of %j', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('has no median of nothing', () => {
    expect(median([])).toBeNaN();
  });

  it('takes percentiles by nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect([0, 0.5, 0.99, 1].map((f) => percentile(values, f))).toEqual([1, 50, 99, 100]);
    expect(percentile([7], 0.99)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });

  it('cuts a series into quarters', () => {
    expect(quarterMedians([1, 1, 2, 2, 3, 3, 4, 9])).toEqual([1, 2, 3, 6.5]);
    expect(quarterMedians([5, 6, 7, 8])).toEqual([5, 6, 7, 8]);
  });

  it('describes a distribution', () => {
    expect(distributionOf([3, 1, 2])).toEqual({ count: 3, p50: 2, p90: 3, p95: 3, p99: 3, max: 3 });
  });

  it('compares rounds in pairs, so that what slows both does not count', () => {
    expect(medianRatio([20, 2, 30], [10, 1, 10])).toBe(2);
  });
});
