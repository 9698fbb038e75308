import { spanOf } from './span.js';

const blocks = [1_000, 2_000, 3_000, 4_000, 5_000, 6_000].map((seenAt, i) => ({
  number: i,
  transactions: i === 5 ? 0 : 10 * (i + 1),
  seenAt,
}));
const numbers = (marks: Parameters<typeof spanOf>[1]) => {
  const span = spanOf(blocks, marks);
  return [span.from, span.to, span.blocks.map((block) => block.number)];
};

describe('the span that speed is measured by', () => {
  it('is the whole load without a warm-up', () => {
    expect(numbers({ startedAt: 100, warmAt: 100, sentAt: 4_500 })).toEqual([
      100,
      5_000,
      [0, 1, 2, 3, 4],
    ]);
  });

  it('lies between two blocks after the warm-up, and leaves the last, partial one out', () => {
    expect(numbers({ startedAt: 100, warmAt: 1_500, sentAt: 4_500 })).toEqual([
      2_000,
      4_000,
      [2, 3],
    ]);
  });

  it.each([1_500, 900])('is the whole load when that is over too soon: sent at %d', (sentAt) => {
    expect(numbers({ startedAt: 100, warmAt: 1_500, sentAt })).toEqual([
      100,
      5_000,
      [0, 1, 2, 3, 4],
    ]);
  });
});
