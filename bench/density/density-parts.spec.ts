import { boundOf, bucketsOf } from './histogram.js';

const scrape = (fast: number, slow: number, all: number) => `# HELP looks
looks_bucket{le="0.1",process="o"} ${fast}
looks_bucket{le="1",process="o"} ${slow}
looks_bucket{le="+Inf",process="o"} ${all}
looks_sum{process="o"} 3
others_bucket{le="0.1"} 7
`;

describe('a percentile of a histogram', () => {
  const between = (before: string, after: string) =>
    boundOf(bucketsOf(before, 'looks'), bucketsOf(after, 'looks'), 0.99);

  it('is a bound of what came between two scrapes', () => {
    expect(between(scrape(0, 0, 0), scrape(99, 100, 100))).toBe(0.1);
    expect(between(scrape(0, 0, 0), scrape(98, 100, 100))).toBe(1);
    expect(between(scrape(1_000, 1_000, 1_000), scrape(1_000, 1_098, 1_100))).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it('is nothing where nothing came', () => {
    expect(between(scrape(1, 1, 1), scrape(1, 1, 1))).toBeNaN();
  });
});
