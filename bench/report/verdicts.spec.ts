import { loadResult } from '../testing/load-result.js';
import { type MemoryRun, memoryVerdicts } from './memory-verdicts.js';
import { type ReadsRun, readsVerdicts } from './reads-verdicts.js';
import { distributionOf } from './statistics.js';
import type { Verdict } from './verdict.js';

const MB = 1e6;
const tables = (entries: number) =>
  Object.fromEntries(
    ['accounts', 'slots', 'codes', 'trie', 'history'].map((table) => [
      table,
      { entries, bytes: entries * 100 },
    ]),
  );
const memoryRun: MemoryRun = {
  transactions: 100,
  loads: [loadResult(1_000)],
  samples: [100, 200, 300, 310].map((size) => size * MB),
  cgroup: { limitBytes: 512 * 2 ** 20, kills: 0 },
  survived: true,
  disk: { bytes: 10_000, tables: tables(1_000), tablesAfterRewriting: tables(1_000) },
};
const reads = (p99: number, errors = 0) => ({
  latency: distributionOf([1, p99]),
  lag: distributionOf([0.1]),
  errors,
});
const readsRun: ReadsRun = {
  load: loadResult(1_000),
  reads: { eth_call: reads(49) },
  sink: reads(2),
  nice: -10,
  trace: { quietIntervals: [1_000], tracingIntervals: [1_090], traces: [50], errors: [] },
};
const broken = (verdicts: readonly Verdict[]) =>
  verdicts.filter((verdict) => !verdict.holds).map((verdict) => verdict.measured);

describe('verdicts on memory', () => {
  it('holds when everything does', () => {
    expect(broken(memoryVerdicts(memoryRun))).toEqual([]);
    expect(broken(memoryVerdicts({ ...memoryRun, cgroup: undefined }))).toEqual([]);
  });

  it.each<[string, Partial<MemoryRun>]>([
    ['peak 400.0 MB', { samples: [100, 400, 300, 300].map((size) => size * MB) }],
    [
      'third quarter 200.0 MB, last 221.0 MB',
      { samples: [100, 100, 200, 221].map((size) => size * MB) },
    ],
    ['1 times killed', { cgroup: { limitBytes: 512 * 2 ** 20, kills: 1 } }],
    ['0 times killed', { survived: false }],
    ['the chain died', { disk: undefined }],
    [
      '4000 records of 0.4 MB before, 4400 of 0.4 MB after',
      { disk: { ...memoryRun.disk!, tablesAfterRewriting: tables(1_100) } },
    ],
    ['1 not mined', { loads: [{ ...loadResult(1_000), missing: 1 }] }],
  ])('is broken by: %s', (measured, change) => {
    expect(broken(memoryVerdicts({ ...memoryRun, ...change }))).toEqual([measured]);
  });
});

describe('verdicts on reads', () => {
  it('holds when everything does', () => {
    expect(broken(readsVerdicts(readsRun))).toEqual([]);
  });

  it.each<[RegExp, Partial<ReadsRun>]>([
    [/^50.0 ms/, { reads: { eth_call: reads(50) } }],
    [/1 errors/, { reads: { eth_call: reads(1, 1) } }],
    [/^1000 ms without, 1101 ms/, { trace: { ...readsRun.trace, tracingIntervals: [1_101] } }],
    [/1 refused/, { trace: { ...readsRun.trace, errors: ['too large'] } }],
    [/does not exist/, { trace: { ...readsRun.trace, traces: [], errors: ['does not exist'] } }],
    [/too soon/, { trace: { ...readsRun.trace, traces: [] } }],
  ])('is broken by: %s', (measured, change) => {
    const verdicts = broken(readsVerdicts({ ...readsRun, ...change }));
    expect(verdicts).toEqual([expect.stringMatching(measured)]);
  });
});
