import { formatAge, formatBytes, formatCoins, formatRate, parseCoins, shortHash } from './format';

it('reads coins exactly, however many digits', () => {
  expect(parseCoins('1')).toBe('1000000000000000000');
  expect(parseCoins('0.000000000000000001')).toBe('1');
  expect(parseCoins('123456789012345678901234567890.5')).toBe(
    '123456789012345678901234567890500000000000000000',
  );
  expect(parseCoins('0.05', 9)).toBe('50000000');
});

it.each(['', '-1', '1.', '.5', '1e18', '0x1', '1,5', '0.0000000000000000001', 'one'])(
  'takes "%s" for no amount',
  (text) => expect(parseCoins(text)).toBeUndefined(),
);

it('shows coins in at most six digits after the point, and never a little as nothing', () => {
  expect(formatCoins('0')).toBe('0');
  expect(formatCoins('1500000000000000000')).toBe('1.5');
  expect(formatCoins('12345000000000000000000')).toBe('12,345');
  expect(formatCoins('1')).toBe('> 0');
});

it('shows rates, ages and sizes in a glance', () => {
  expect([0, 0.04, 9.94, 9.96, 1234.5].map(formatRate)).toEqual(['0', '0.0', '9.9', '10', '1,235']);
  expect([-5, 59_999, 60_000, 3_600_000, 200_000_000].map(formatAge)).toEqual([
    '0 s',
    '59 s',
    '1 min',
    '1 h',
    '2 d',
  ]);
  expect(formatBytes(135 * 2 ** 20)).toBe('135 MiB');
  expect(formatBytes(1.5 * 2 ** 30)).toBe('1.5 GiB');
  expect(shortHash(`0x${'ab'.repeat(32)}`)).toBe('0xababab…ababab');
});
