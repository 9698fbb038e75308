import { drawBarChart } from './bar-chart.js';
import { machineLine } from './machine.js';
import type { ThroughputReport } from './throughput-report.js';

export function throughputChart({ machine, workloads, rounds }: ThroughputReport): string {
  const count = new Set(rounds.map((round) => round.round)).size;
  return drawBarChart({
    title: 'Transactions mined per second',
    subtitle: `Median of ${count} alternating rounds, same pre-signed load for all; 1 s blocks, 1 G gas. Longer is better.`,
    series: workloads[0]?.peers.map((peer) => peer.title) ?? [],
    groups: workloads.map(({ title, peers }) => ({
      title,
      bars: peers.map((peer) => ({
        value: peer.transactionsPerSecond,
        label: `${Math.round(peer.transactionsPerSecond).toLocaleString('en')} tx/s · ${peer.megagasPerSecond.toFixed(0)} Mgas/s`,
      })),
    })),
    footnote: `${machineLine(machine)}. Flotilla writes durably (fsync before the hash is returned); anvil and Hardhat keep everything in memory.`,
  });
}
