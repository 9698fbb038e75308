import { formatAge, formatChainId, formatDuration, formatRate, shortHash } from './format.js';
import { newLines } from './log-tail.js';
import { formatFacts, formatTable } from './table.js';
import { Progress, type Terminal } from './terminal.js';

it('puts columns under headings, without trailing blanks', () => {
  const text = formatTable(
    ['name', 'head'],
    [
      ['shop', '12'],
      ['a', ''],
    ],
  );
  expect(text).toBe('NAME  HEAD\nshop  12\na');
});

it('leaves out facts that have no value', () => {
  expect(
    formatFacts([
      ['Name', 'shop'],
      ['Failure', undefined],
      ['Head', '12'],
    ]),
  ).toBe('Name  shop\nHead  12');
});

it('says how long in one or two units', () => {
  expect([0, 59_999, 61_000, 3_661_000, 90_000_000].map(formatDuration)).toEqual([
    '0s',
    '59s',
    '1m 1s',
    '1h 1m',
    '1d 1h',
  ]);
  expect(formatAge(null, 0)).toBe('never');
  expect(formatAge('1970-01-01T00:00:01.000Z', 3_000)).toBe('2s ago');
  // Clocks differ.
  expect(formatAge('1970-01-01T00:00:05.000Z', 3_000)).toBe('0s ago');
});

it('shortens numbers and hashes', () => {
  expect([0, 0.25, 9.99, 120.4].map(formatRate)).toEqual(['0', '0.3', '10', '120']);
  expect(shortHash(`0x${'ab'.repeat(32)}`)).toBe('0xabab…abab');
  expect(shortHash(null)).toBe('–');
  expect(formatChainId(4242)).toBe('4242 (0x1092)');
});

describe('following a log', () => {
  it('gives what is new since the last look', () => {
    expect(newLines(['a', 'b'], ['a', 'b', 'c', 'd'])).toEqual(['c', 'd']);
    expect(newLines(['a', 'b', 'c'], ['b', 'c', 'd'])).toEqual(['d']);
    expect(newLines(['a', 'b'], ['a', 'b'])).toEqual([]);
    expect(newLines([], ['a'])).toEqual(['a']);
  });

  it('gives everything when the log was replaced or ran away', () => {
    expect(newLines(['a', 'b'], ['x', 'y'])).toEqual(['x', 'y']);
  });
});

describe('progress', () => {
  const watch = (interactive: boolean, enabled = true) => {
    let written = '';
    const terminal: Terminal = {
      out: () => {},
      err: (text) => {
        written += text;
      },
      interactive,
    };
    let now = 0;
    const progress = new Progress(terminal, enabled, () => now);
    now = 1_500;
    progress.step('shop: Running');
    progress.done();
    return written;
  };

  it('is a line a step in a log, one moving line for a person, nothing for a program', () => {
    expect(watch(false)).toBe('shop: Running (1.5 s)\n');
    expect(watch(true)).toBe('\r\u001b[Kshop: Running (1.5 s)\r\u001b[K');
    expect(watch(false, false)).toBe('');
  });
});
