import Table from 'cli-table3';
import type { WorkloadSummary } from './throughput-report.js';

const whole = (value: number) => Math.round(value).toLocaleString('en');
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
        peer.megagasPerSecond.toFixed(1),
        ratio(peer.flotillaRatio),
        whole(peer.peerCpuMicros),
        whole(peer.chainCpuMicros),
        whole(peer.clientCpuMicros),
        whole(peer.chainBytes / 2 ** 20),
        whole(peer.retries),
      ]);
    }
  }
  return table.toString();
}
