import type { FloodReport } from '../isolation/flood-report.js';
import type { MeasuredWindow } from '../isolation/run-channel.js';
import type { IsolationRun } from '../report/isolation-report.js';
import type { Distribution } from '../report/statistics.js';

export const latency = (p99: number, count = 2_000): Distribution => ({
  count,
  p50: p99,
  p90: p99,
  p95: p99,
  p99,
  max: p99,
});

export const flood = (change: Partial<FloodReport> = {}): FloodReport => ({
  rate: 100,
  perSecond: [100, 99, 101],
  served: 10,
  refused: { '-32005': 290 },
  uncoded: {},
  ...change,
});

/** A window in which everything went well. */
export const isolationWindow = (change: Partial<MeasuredWindow> = {}): MeasuredWindow => ({
  reads: latency(5),
  sends: latency(8),
  inclusion: latency(1_000),
  notIncluded: 0,
  errors: {},
  missedSlots: 0,
  lateness: 1,
  flood: flood(),
  anchorLag: 11,
  cores: {},
  ...change,
});

/** Five pairs of windows, quiet ones that went well and hot ones that did as `hot` says. */
export const isolationRun = (
  hot: Partial<MeasuredWindow> = {},
  setting = 'flotilla',
): IsolationRun => ({
  channel: 'calls',
  setting,
  commit: 'c',
  pairs: Array.from({ length: 5 }, () => ({
    quiet: isolationWindow(),
    hot: isolationWindow(hot),
  })),
});
