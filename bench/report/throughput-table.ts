import Table from 'cli-table3';
import type { WorkloadSummary } from './throughput-report.js';

const number = (value: number, digits: number) =>
  Number.isNaN(value) ? '–' : value.toLocaleString('en', digitsOf(digits));
const digitsOf = (digits: number) => ({
  minimumFractionDigits: digits,
  maximumFractionDigits: digits,
});
const whole = (value: number) => number(value, 0);
const ratio = (value: number) => (Number.isNaN(value) ? '–' : `${value.toFixed(2)}×`);
const HEAD = [
  'workload',
  'peer',
  'tx/s',
  'Mgas/s',
  'Flotilla is',
  'CPU µs/tx: all',
  'chain',
  'client',
  'MiB',
  'retries',
  'stalled',
];

/** Medians, and how many times as fast we are. */
export function throughputTable(workloads: readonly WorkloadSummary[]): string {
  const table = new Table({
    head: HEAD,
    style: { head: [], border: [] },
    colAligns: HEAD.map((_, column) => (column < 2 ? 'left' : 'right')),
  });
  for (const { title, peers } of workloads) {
    for (const [index, peer] of peers.entries()) {
      table.push([
        index === 0 ? title : '',
        peer.title,
        whole(peer.transactionsPerSecond),
        number(peer.megagasPerSecond, 1),
        ratio(peer.flotillaRatio),
        whole(peer.peerCpuMicros),
        whole(peer.chainCpuMicros),
        whole(peer.clientCpuMicros),
        whole(peer.chainBytes / 2 ** 20),
        whole(peer.retries),
        peer.stalled === 0 ? '' : `${peer.stalled} of ${peer.stalled + peer.rounds}`,
      ]);
    }
  }
  return table.toString();
}
