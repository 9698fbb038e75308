import { type KeptRun, resultsPage, summaryTable, withTable } from './summary.js';

const machine = {
  ...{ cores: 2, cpu: 'CPU', memoryGiB: 24, system: 'linux', node: 'v20', commit: 'abc' },
  date: '2026-01-02T03:04:05.000Z',
};
const verdict = (promise: string, holds: boolean) => ({
  promise,
  measured: '7 ms (p50 3 ms); z',
  holds,
});
const runs: KeptRun[] = [
  { name: 'idle', machine, verdicts: [verdict('little | memory', true), verdict('b', true)] },
  {
    name: 'lifecycle-large',
    machine,
    verdicts: ['a', 'b', 'c', 'd'].map((promise) => verdict(promise, promise === 'b')),
  },
];

describe('summary of the benches', () => {
  it('has a row for each, with the first promise that holds and with what is broken', () => {
    expect(summaryTable(runs).split('\n').slice(2)).toEqual([
      '| [idle](bench/README.md#idle) | 2 of 2 | little \\| memory: **7 ms** |  |',
      '| [lifecycle-large](bench/README.md#lifecycle) | 1 of 4 | b: **7 ms** | a: **7 ms**; c: **7 ms**; and 1 more |',
      '',
    ]);
  });

  it('has a page with every promise, and the machine', () => {
    const page = resultsPage(runs);
    expect(page).toContain(
      '## lifecycle-large\n\n2 cores (CPU), 24 GiB, Node v20, abc, 2026-01-02.',
    );
    expect(page).toContain(
      '| **broken** | a | 7 ms (p50 3 ms); z |\n| holds | b | 7 ms (p50 3 ms); z |',
    );
  });

  it('replaces what stands between the marks, and nothing else', () => {
    const begin = '<!-- benches: `npm run bench -- summary` writes what follows -->\n';
    const document = `before\n${begin}old\n<!-- benches end -->\nafter\n`;
    const once = withTable(document, 'new\n');
    expect(once).toBe(`before\n${begin}\nnew\n\n<!-- benches end -->\nafter\n`);
    expect(withTable(once, 'new\n')).toBe(once);
    expect(() => withTable('no marks', 'new')).toThrow(RangeError);
  });
});
