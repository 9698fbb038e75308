import type { ProbeReport } from '../measure/read-question.js';
import type { LoadResult } from '../measure/round.js';
import type { TraceWindows } from '../measure/trace-windows.js';
import { percentile } from './statistics.js';
import { faultsOf } from './throughput-report.js';
import type { Verdict } from './verdict.js';

export interface TraceReport extends Omit<TraceWindows, 'quiet' | 'tracing'> {
  /** Milliseconds between blocks while nobody traced, and while somebody always did. */
  readonly quietIntervals: readonly number[];
  readonly tracingIntervals: readonly number[];
}

export interface ReadsRun {
  readonly load: LoadResult;
  /** By the question's title. */
  readonly reads: Readonly<Record<string, ProbeReport>>;
  /** The same from a server that does nothing. */
  readonly sink: ProbeReport;
  /** The probe's and the sink's niceness: below 0 they don't wait for those that they ask. */
  readonly nice: number;
  readonly trace: TraceReport;
}

const MAX_READ_MS = 50;
const MAX_INTERVAL_CHANGE = 0.1;

export function readsVerdicts({ load, reads, sink, nice, trace }: ReadsRun): Verdict[] {
  const faults = faultsOf(load);
  const speed = `${Math.round(load.transactionsPerSecond)} tx/s meanwhile`;
  return [
    ...Object.entries(reads).map(([title, { latency, lag, errors }]) => ({
      promise: `${title} p99 under 50 ms while the chain seals`,
      measured: `${latency.p99.toFixed(1)} ms (p50 ${latency.p50.toFixed(1)} ms, ${latency.count} reads, ${errors} errors; the probe's own lag at niceness ${nice} p99 ${lag.p99.toFixed(1)} ms, a sink's answers p99 ${sink.latency.p99.toFixed(1)} ms)`,
      holds: latency.p99 < MAX_READ_MS && errors === 0,
    })),
    traceVerdict(trace),
    {
      promise: 'each transaction mined once',
      measured: faults.length === 0 ? `all, ${speed}` : faults.join(', '),
      holds: faults.length === 0,
    },
  ];
}

function traceVerdict({ quietIntervals, tracingIntervals, traces, errors }: TraceReport): Verdict {
  const promise = "tracing the biggest block moves the block interval's p99 by 10 % at most";
  if (traces.length === 0) {
    return { promise, measured: errors[0] ?? 'the load was over too soon', holds: false };
  }
  const [quiet, tracing] = [quietIntervals, tracingIntervals].map((i) => percentile(i, 0.99));
  return {
    promise,
    measured: `${quiet.toFixed(0)} ms without, ${tracing.toFixed(0)} ms with (${traces.length} traces, ${percentile(traces, 0.5).toFixed(0)} ms each, ${errors.length} refused)`,
    holds: tracing <= (1 + MAX_INTERVAL_CHANGE) * quiet && errors.length === 0,
  };
}
