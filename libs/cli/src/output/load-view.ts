import type { LoadReport } from '@flotilla/sdk';
import { formatRate, NOTHING } from './format.js';
import { formatFacts } from './table.js';

const milliseconds = (value: number | null) =>
  value === null ? NOTHING : `${value.toFixed(1)} ms`;

const latency = ({ p50, p99 }: LoadReport['sendLatencyMs']) =>
  `p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)}`;

/** What a load came to. */
export function formatLoad(report: LoadReport): string {
  const errors = Object.entries(report.errors).map(([code, count]) => `${count} × ${code}`);
  return formatFacts([
    ['Sent', `${report.sent} (${formatRate(report.sentPerSecond)} tx/s)`],
    ['Mined', `${report.mined} (${formatRate(report.minedPerSecond)} tx/s)`],
    ['Missing', report.missing === 0 ? undefined : `${report.missing}, in no block yet`],
    ['Send', latency(report.sendLatencyMs)],
    ['Inclusion', latency(report.inclusionLatencyMs)],
    ['Errors', errors.length === 0 ? 'none' : errors.join(', ')],
  ]);
}
