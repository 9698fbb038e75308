import {
  faultsOf,
  type PeerSummary,
  type ThroughputRound,
  type WorkloadSummary,
} from './throughput-report.js';
import type { Verdict } from './verdict.js';

interface Promised {
  readonly peer: string;
  /** Flotilla's throughput divided by the peer's. */
  readonly ratio: number;
  /** Undefined: every workload. */
  readonly workloads?: readonly string[];
}

const PROMISES: readonly Promised[] = [
  { peer: 'anvil', ratio: 1.3, workloads: ['transfers', 'erc20'] },
  { peer: 'hardhat', ratio: 5 },
];

const OURS = new Set(['flotilla', 'flotilla-node']);

/** One line for each promise whose peer took part beside us, and one for what got lost. */
export function throughputVerdicts(
  summaries: readonly WorkloadSummary[],
  rounds: readonly ThroughputRound[],
): Verdict[] {
  const weTookPart = summaries.some(({ peers }) => peers.some(({ name }) => name === 'flotilla'));
  const ratios = summaries.flatMap(({ name, title, peers }) =>
    peers.flatMap((peer) =>
      PROMISES.filter(
        (promised) =>
          weTookPart && promised.peer === peer.name && (promised.workloads?.includes(name) ?? true),
      ).map(({ ratio }) => ({
        promise: `${title}: at least ${ratio}× ${peer.title}`,
        measured: measuredRatio(peer),
        holds: peer.flotillaRatio >= ratio,
      })),
    ),
  );
  const faults = rounds.flatMap(({ workload, peer, round, result, stalled }) => {
    const ourStall = stalled !== undefined && OURS.has(peer) ? [stalled] : [];
    const found = result === undefined ? ourStall : faultsOf(result);
    return found.map((fault) => `${workload} round ${round + 1} ${peer}: ${fault}`);
  });
  return [
    ...ratios,
    {
      promise: 'each transaction mined once',
      measured: faults.length === 0 ? 'all' : faults.join(', '),
      holds: faults.length === 0,
    },
  ];
}

function measuredRatio(peer: PeerSummary): string {
  const { flotillaRatio, stalled, isHeldBack, inFlight } = peer;
  if (Number.isNaN(flotillaRatio)) return 'no round that both finished';
  const held = isHeldBack ? ` (it was given no more than ${inFlight} in flight)` : '';
  const note = stalled > 0 ? ` (it stalled in ${stalled} rounds)` : '';
  return `${flotillaRatio.toFixed(2)}×${held}${note}`;
}
