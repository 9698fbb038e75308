import type { LoadResult } from '../measure/round.js';
import type { Machine } from './machine.js';
import { median, medianRatio } from './statistics.js';

export interface ThroughputRound {
  readonly workload: string;
  readonly peer: string;
  readonly round: number;
  readonly result: LoadResult;
}

export interface Titled {
  readonly name: string;
  readonly title: string;
}

/** Medians over the rounds. */
export interface PeerSummary extends Titled {
  readonly transactionsPerSecond: number;
  readonly megagasPerSecond: number;
  readonly peerCpuMicros: number;
  readonly chainCpuMicros: number;
  readonly clientCpuMicros: number;
  readonly chainBytes: number;
  readonly retries: number;
  /** Our throughput divided by this peer's, by pairs of rounds. */
  readonly flotillaRatio: number;
}

export interface WorkloadSummary extends Titled {
  readonly transactions: number;
  readonly peers: readonly PeerSummary[];
}

export interface ThroughputReport {
  readonly machine: Machine;
  readonly rounds: readonly ThroughputRound[];
  readonly workloads: readonly WorkloadSummary[];
}

export function summarize(
  rounds: readonly ThroughputRound[],
  workloads: readonly Titled[],
  peers: readonly Titled[],
): WorkloadSummary[] {
  return workloads.map(({ name, title }) => {
    const of = (peer: string) =>
      rounds.filter((r) => r.workload === name && r.peer === peer).map((r) => r.result);
    const ours = of('flotilla').map((result) => result.transactionsPerSecond);
    return {
      name,
      title,
      transactions: rounds.find((r) => r.workload === name)?.result.transactions ?? 0,
      peers: peers.map((peer) => summarizePeer(peer, of(peer.name), ours)),
    };
  });
}

function summarizePeer(
  { name, title }: Titled,
  results: readonly LoadResult[],
  ours: readonly number[],
): PeerSummary {
  const of = (pick: (result: LoadResult) => number) => median(results.map(pick));
  return {
    name,
    title,
    transactionsPerSecond: of((r) => r.transactionsPerSecond),
    megagasPerSecond: of((r) => r.megagasPerSecond),
    peerCpuMicros: of((r) => r.peerCpuMicros),
    chainCpuMicros: of((r) => r.chainCpuMicros),
    clientCpuMicros: of((r) => r.clientCpuMicros),
    chainBytes: of((r) => r.chainBytes),
    retries: of((r) => r.retries),
    flotillaRatio: medianRatio(
      ours,
      results.map((r) => r.transactionsPerSecond),
    ),
  };
}

/** What went wrong in a round, in words; empty when every transaction was mined once and worked. */
export function faultsOf({ missing, doubled, failed, errors }: LoadResult): string[] {
  return [
    ...(missing > 0 ? [`${missing} not mined`] : []),
    ...(doubled > 0 ? [`${doubled} mined twice`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...Object.entries(errors).map(([error, count]) => `${count} × ${error}`),
  ];
}
