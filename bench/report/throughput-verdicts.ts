import { faultsOf, type ThroughputRound, type WorkloadSummary } from './throughput-report.js';
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

/** One line for each promise whose peer took part, and one for what got lost. */
export function throughputVerdicts(
  summaries: readonly WorkloadSummary[],
  rounds: readonly ThroughputRound[],
): Verdict[] {
  const ratios = summaries.flatMap(({ name, title, peers }) =>
    peers.flatMap((peer) =>
      PROMISES.filter(
        (promised) =>
          promised.peer === peer.name &&
          !Number.isNaN(peer.flotillaRatio) &&
          (promised.workloads?.includes(name) ?? true),
      ).map(({ ratio }) => ({
        promise: `${title}: at least ${ratio}× ${peer.title}`,
        measured: `${peer.flotillaRatio.toFixed(2)}×`,
        holds: peer.flotillaRatio >= ratio,
      })),
    ),
  );
  const faults = rounds.flatMap(({ workload, peer, round, result }) =>
    faultsOf(result).map((fault) => `${workload} round ${round + 1} ${peer}: ${fault}`),
  );
  return [
    ...ratios,
    {
      promise: 'each transaction mined once',
      measured: faults.length === 0 ? 'all' : faults.join(', '),
      holds: faults.length === 0,
    },
  ];
}
