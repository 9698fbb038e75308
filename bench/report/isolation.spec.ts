import type { MeasuredWindow } from '../isolation/run-channel.js';
import { flood, isolationRun, isolationWindow, latency } from '../testing/isolation-run.js';
import { isolationChart } from './isolation-chart.js';
import {
  type IsolationReport,
  type IsolationRun,
  keptRounds,
  summarizeIsolation,
} from './isolation-report.js';
import { isolationTable } from './isolation-table.js';
import { isolationVerdicts } from './isolation-verdicts.js';

const reportOf = (...runs: readonly IsolationRun[]): IsolationReport => ({
  machine: {
    cores: 2,
    cpu: 'a',
    memoryGiB: 4,
    system: 'linux',
    node: 'v20',
    commit: 'c',
    date: '2026-01-01T00:00:00.000Z',
  },
  channels: [{ name: 'calls', title: 'Heavy calls' }],
  settings: [
    { name: 'flotilla', title: 'Flotilla' },
    { name: 'monolith', title: 'one anvil' },
  ],
  windowSeconds: 20,
  summaries: runs.map(summarizeIsolation),
  failures: [],
  runs,
});
const broken = (...runs: readonly IsolationRun[]) =>
  isolationVerdicts(reportOf(...runs))
    .filter(({ holds }) => !holds)
    .map(({ measured }) => measured);

describe('pairs of windows', () => {
  it('are compared one by one, so that a slow minute does not count', () => {
    const pairs = [1, 10, 100, 2, 3].map((slowness) => ({
      quiet: isolationWindow({ reads: latency(30 * slowness) }),
      hot: isolationWindow({ reads: latency(36 * slowness) }),
    }));
    const { kinds } = summarizeIsolation({ ...isolationRun(), pairs });
    expect(kinds.reads).toMatchObject({ quiet: 90, hot: 108, excess: 18 });
    expect(kinds.reads.ratio).toBeCloseTo(1.2);
  });

  it('count as many samples as the poorest window has', () => {
    const { kinds } = summarizeIsolation(isolationRun({ sends: latency(8, 1_999) }));
    expect(kinds.sends.samples).toBe(1_999);
  });
});

describe('rounds of an earlier run', () => {
  const [ours, peer] = [isolationRun(), isolationRun({}, 'monolith')];
  const report = reportOf(ours, peer);
  const now = { machine: report.machine, windowSeconds: 20, again: [peer] };

  it('stay until they are measured again', () => {
    expect(keptRounds(report, now).runs).toEqual([ours]);
  });

  it('go when the machine or the windows are others', () => {
    expect(keptRounds(report, { ...now, windowSeconds: 10 }).runs).toEqual([]);
    const machine = { ...report.machine, cores: 64 };
    expect(keptRounds(report, { ...now, machine }).runs).toEqual([]);
  });
});

describe('verdicts on isolation', () => {
  it('holds when the neighbour feels nothing, whatever the peers feel', () => {
    expect(broken(isolationRun())).toEqual([]);
    const peer = isolationRun({ reads: latency(5_000), missedSlots: 9 }, 'monolith');
    expect(broken(isolationRun(), peer)).toEqual([]);
  });

  it('allows a millisecond where the baseline is small, and a tenth anywhere', () => {
    expect(broken(isolationRun({ reads: latency(6), inclusion: latency(1_100) }))).toEqual([]);
    expect(broken(isolationRun({ reads: latency(6.1), inclusion: latency(1_101) }))).toEqual([
      '5.0 ms → 6.1 ms, 1.22×',
      '1000 ms → 1101 ms, 1.10×',
    ]);
  });

  it.each<[RegExp, Partial<MeasuredWindow>]>([
    [/^5 slots/, { missedSlots: 1 }],
    [/5 lost/, { notIncluded: 1 }],
    [/errors: 10 × 429/, { errors: { '429': 2 } }],
    [/anchors at most 21 s/, { anchorLag: 21 }],
    [/anchors at most NaN s/, { anchorLag: undefined }],
    [/dry in 5 of 5/, { flood: flood({ perSecond: [100, 49, 100] }) }],
    [/dry in 5 of 5/, { flood: flood({ perSecond: [] }) }],
    [/without a code: 5 × closed/, { flood: flood({ uncoded: { closed: 1 } }) }],
    [/refused: none/, { flood: flood({ refused: {} }) }],
    [/^1999 samples/, { reads: latency(5, 1_999) }],
  ])('is broken by: %s', (measured, change) => {
    expect(broken(isolationRun(change))).toEqual([expect.stringMatching(measured)]);
  });

  it('asks for no codes where the protocol has no answers', () => {
    const report = reportOf(isolationRun({ flood: flood({ refused: {} }) }));
    const [channel] = report.channels;
    expect(isolationVerdicts(report).every(({ holds }) => holds)).toBe(false);
    const silent = { ...report, channels: [{ ...channel, isSilent: true }] };
    expect(isolationVerdicts(silent).every(({ holds }) => holds)).toBe(true);
  });

  it('is broken by too few pairs, and by a round without an end', () => {
    const run = isolationRun();
    expect(broken({ ...run, pairs: run.pairs.slice(1) })).toEqual(['2000 samples, 4 pairs, at c']);
    const failures = [{ channel: 'calls', setting: 'flotilla', reason: 'no cgroup' }];
    const [verdict] = isolationVerdicts({ ...reportOf(), failures });
    expect(verdict).toMatchObject({ measured: 'no cgroup', holds: false });
  });
});

describe('table and picture', () => {
  it('show what everybody felt', () => {
    const report = reportOf(isolationRun(), isolationRun({ reads: latency(500) }, 'monolith'));
    expect(isolationTable(report)).toContain('5.0 → 500  100.00×');
    expect(isolationChart(report)).toContain('100.00× · 500 / 8 / 1000 ms');
  });
});
