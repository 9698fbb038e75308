import { drawBarChart } from './bar-chart.js';
import { machineLine } from './machine.js';
import type { PeerSummary, ThroughputReport } from './throughput-report.js';

export function throughputChart({ machine, pace, workloads, rounds }: ThroughputReport): string {
  const count = new Set(rounds.map((round) => round.round)).size;
  return drawBarChart({
    title: 'Transactions mined per second',
    subtitle: `Median of ${count} alternating rounds of ${pace.seconds} s, the first ${pace.warmUpSeconds} s unmeasured; same pre-signed load, 1 s blocks, 1 G gas. Longer is better.`,
    series: workloads[0]?.peers.map((peer) => peer.title) ?? [],
    groups: workloads.map(({ title, peers }) => ({
      title,
      bars: peers.map((peer) => ({
        value: peer.rounds === 0 ? 0 : peer.transactionsPerSecond,
        label: barLabel(peer),
      })),
    })),
    footnotes: [
      machineLine(machine),
      'Flotilla writes durably: the hash is returned after an fsync. anvil and Hardhat keep everything in memory.',
    ],
  });
}

function barLabel(peer: PeerSummary): string {
  const { transactionsPerSecond, megagasPerSecond, flotillaRatio, rounds, stalled } = peer;
  const held = peer.isHeldBack ? ` · at most ${peer.inFlight} in flight` : '';
  if (rounds === 0) return 'stalled in every round';
  const speed = `${Math.round(transactionsPerSecond).toLocaleString('en')} tx/s · ${megagasPerSecond.toFixed(0)} Mgas/s`;
  const isItself = Number.isNaN(flotillaRatio) || flotillaRatio === 1;
  const ratio = isItself ? '' : ` · Flotilla ${flotillaRatio.toFixed(2)}×`;
  return `${speed}${ratio}${held}${stalled > 0 ? ` · stalled ${stalled}×` : ''}`;
}
