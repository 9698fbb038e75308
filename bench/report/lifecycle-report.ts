import { drawBarChart } from './bar-chart.js';
import { type Machine, machineLine } from './machine.js';
import { percentile } from './statistics.js';
import type { Verdict } from './verdict.js';

/** One kind of start, with what each took in milliseconds. */
export interface LifecyclePart {
  readonly title: string;
  readonly ms: readonly number[];
  /** Promised of the 95th percentile; absent where nothing is. */
  readonly promisedMs?: number;
}

export function lifecycleVerdicts(parts: readonly LifecyclePart[]): Verdict[] {
  return parts.flatMap(({ title, ms, promisedMs }) => {
    if (promisedMs === undefined) return [];
    const p95 = percentile(ms, 0.95);
    return {
      promise: `${title}: p95 under ${promisedMs} ms`,
      measured: `${Math.round(p95)} ms over ${ms.length}`,
      holds: p95 < promisedMs,
    };
  });
}

export function lifecycleChart(machine: Machine, parts: readonly LifecyclePart[]): string {
  return drawBarChart({
    title: 'How long a chain takes to be there',
    subtitle: 'Median and 95th percentile in milliseconds. Shorter is better.',
    series: ['median', 'p95'],
    groups: parts.map(({ title, ms }) => ({
      title,
      bars: [0.5, 0.95].map((fraction) => {
        const value = percentile(ms, fraction);
        return { value, label: `${Math.round(value)} ms` };
      }),
    })),
    footnotes: [machineLine(machine)],
  });
}
