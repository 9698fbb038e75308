import { RootErrorCode } from './errors.js';
import { finalityDepth, parseFinality } from './finality.js';

it.each([
  ['embedded', 0],
  ['tag', undefined],
  ['depth:0', 0],
  ['depth:12', 12],
])('reads %s', (text, depth) => {
  expect(finalityDepth(parseFinality(text))).toBe(depth);
});

it.each(['', 'latest', 'depth', 'depth:', 'depth:-1', 'depth:1.5', 'depth:01', 'depth:9999999'])(
  'refuses "%s"',
  (text) => {
    expect(() => parseFinality(text)).toThrow(
      expect.objectContaining({ code: RootErrorCode.InvalidFinality }),
    );
  },
);
