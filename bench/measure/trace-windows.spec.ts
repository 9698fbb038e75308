import { intervalsWithin } from './trace-windows.js';

const seconds = (...values: number[]) => values.map((value) => 1_000 * value);
const blocks = seconds(1, 2, 3, 4.5, 5.5, 6.5, 7.5, 8.5);

it.each<[string, [number, number][], [number, number], number[]]>([
  ['in one window', [[0, 3.2]], [0, 10], [1, 1]],
  [
    'never from one window to the next',
    [
      [0, 2.5],
      [4, 6],
    ],
    [0, 10],
    [1, 1],
  ],
  ['only as far as the span goes', [[0, 10]], [2.5, 6], [1.5, 1]],
  ['of a window beside the span: none', [[0, 3]], [4, 10], []],
])('takes the times between blocks %s', (_, windows, span, intervals) => {
  const [from, to] = span;
  const taken = intervalsWithin(
    windows.map(([begin, end]) => [1_000 * begin, 1_000 * end] as const),
    [1_000 * from, 1_000 * to],
    blocks,
  );
  expect(taken).toEqual(seconds(...intervals));
});
