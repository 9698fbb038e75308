import type { Pace } from '../measure/pace.js';
import type { LoadResult } from '../measure/round.js';
import type { Machine } from './machine.js';
import { median, medianRatio } from './statistics.js';

export interface ThroughputRound {
  readonly workload: string;
  readonly peer: string;
  readonly round: number;
  /** What was sent and not mined, at most: with 1 s blocks also the most that could be mined per second. */
  readonly inFlight: number;
  readonly result?: LoadResult;
  /** Why there is no result. */
  readonly stalled?: string;
}

export interface Titled {
  readonly name: string;
  readonly title: string;
}

/** Medians over the rounds that it finished; NaN if it finished none. */
export interface PeerSummary extends Titled {
  readonly rounds: number;
  readonly stalled: number;
  /** In the rounds that it finished. */
  readonly inFlight: number;
  /** It got less in flight than we did. */
  readonly isHeldBack: boolean;
  readonly transactionsPerSecond: number;
  readonly megagasPerSecond: number;
  readonly peerCpuMicros: number;
  readonly chainCpuMicros: number;
  readonly clientCpuMicros: number;
  readonly chainBytes: number;
  readonly retries: number;
  /** Our throughput divided by this peer's, by rounds that both finished. */
  readonly flotillaRatio: number;
}

export interface WorkloadSummary extends Titled {
  readonly peers: readonly PeerSummary[];
}

export interface ThroughputReport {
  readonly machine: Machine;
  readonly pace: Pace;
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
      rounds.filter((round) => round.workload === name && round.peer === peer);
    const ours = of('flotilla');
    return { name, title, peers: peers.map((peer) => summarizePeer(peer, of(peer.name), ours)) };
  });
}

function summarizePeer(
  { name, title }: Titled,
  rounds: readonly ThroughputRound[],
  ours: readonly ThroughputRound[],
): PeerSummary {
  const results = rounds.flatMap(({ result }) => result ?? []);
  const of = (pick: (result: LoadResult) => number) => median(results.map(pick));
  const speedIn = (all: readonly ThroughputRound[], round: number) =>
    all.find((each) => each.round === round)?.result?.transactionsPerSecond;
  const pairs = rounds.flatMap(({ round }) => {
    const [we, they] = [speedIn(ours, round), speedIn(rounds, round)];
    return we === undefined || they === undefined ? [] : [{ we, they }];
  });
  return {
    name,
    title,
    rounds: results.length,
    stalled: rounds.length - results.length,
    inFlight: median(rounds.filter(({ result }) => result !== undefined).map((r) => r.inFlight)),
    isHeldBack: rounds.some(({ inFlight }) => ours.some((our) => our.inFlight > inFlight)),
    transactionsPerSecond: of((r) => r.transactionsPerSecond),
    megagasPerSecond: of((r) => r.megagasPerSecond),
    peerCpuMicros: of((r) => r.peerCpuMicros),
    chainCpuMicros: of((r) => r.chainCpuMicros),
    clientCpuMicros: of((r) => r.clientCpuMicros),
    chainBytes: of((r) => r.chainBytes),
    retries: of((r) => r.retries),
    flotillaRatio: medianRatio(
      pairs.map(({ we }) => we),
      pairs.map(({ they }) => they),
    ),
  };
}

/** One round in one line. */
export function roundLine({
  workload,
  peer,
  round,
  inFlight,
  result,
  stalled,
}: ThroughputRound): string {
  const title = `${workload} round ${round + 1} ${peer}:`;
  if (result === undefined) return `${title} STALLED: ${stalled}`;
  const faults = faultsOf(result);
  return [
    title,
    `${Math.round(result.transactionsPerSecond)} tx/s,`,
    `${result.megagasPerSecond.toFixed(1)} Mgas/s`,
    `(${result.transactions} in ${result.seconds.toFixed(1)} s, largest block ${result.largestBlock}, ${inFlight} in flight);`,
    `CPU µs/tx ${Math.round(result.peerCpuMicros)} (chain ${Math.round(result.chainCpuMicros)}, client ${Math.round(result.clientCpuMicros)})`,
    ...(faults.length > 0 ? [`— FAULTY: ${faults.join(', ')}`] : []),
  ].join(' ');
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
