import { RefusalPacer } from './refusal-pacer.js';

it('tells the first refusals at once, and then so many per second, together', () => {
  const pacer = new RefusalPacer(0);
  const waits = Array.from({ length: 400 }, () => pacer.next(0));
  expect(waits.slice(0, 200)).toEqual(Array(200).fill(0));
  expect(new Set(waits.slice(200, 205))).toEqual(new Set([25]));
  expect(waits.at(-1)).toBe(1_000);
  expect(pacer.next(60_000)).toBe(0);
});
