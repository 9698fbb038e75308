import { ChainStalled } from './client/chain-stalled.js';
import { createCast, SENDERS } from './load/accounts.js';
import type { Pace } from './measure/pace.js';
import { measureRound } from './measure/round.js';
import type { Peer } from './peers/peer.js';
import { concludeBench } from './report/conclude.js';
import { describeMachine } from './report/machine.js';
import { saveResult } from './report/results.js';
import { throughputChart } from './report/throughput-chart.js';
import { roundLine, summarize, type ThroughputRound } from './report/throughput-report.js';
import { throughputTable } from './report/throughput-table.js';
import { throughputVerdicts } from './report/throughput-verdicts.js';
import type { Workload } from './workloads/workload.js';

export interface ThroughputOptions extends Pace {
  readonly rounds: number;
  /** At most, per round; heavy workloads send a part. */
  readonly transactions: number;
  readonly peers: readonly Peer[];
  readonly workloads: readonly Workload[];
}

type Outcome = Pick<ThroughputRound, 'inFlight' | 'result' | 'stalled'>;

const FIRST_CHAIN_ID = 7_300_001;
const cast = createCast(SENDERS);

/** Peers take turns, round by round, each time on a fresh chain. Comes back false when a promise is broken or anything got lost. */
export async function runThroughput(options: ThroughputOptions): Promise<boolean> {
  const { peers, workloads } = options;
  const rounds: ThroughputRound[] = [];
  let chainId = FIRST_CHAIN_ID;
  try {
    for (const workload of workloads) {
      for (let round = 0; round < options.rounds; round++, chainId += 2) {
        // Whoever comes first may find another machine than whoever comes last.
        const turn = round % 2 === 0 ? peers : [...peers].reverse();
        for (const peer of turn) {
          const outcome = await takeTurn(peer, workload, chainId + peer.idOffset, options);
          rounds.push({ workload: workload.name, peer: peer.name, round, ...outcome });
          console.log(roundLine(rounds[rounds.length - 1]));
        }
      }
    }
  } finally {
    for (const peer of peers) await peer.close();
  }
  const { inFlight, seconds, warmUpSeconds, stallSeconds } = options;
  const report = {
    machine: describeMachine(),
    pace: { inFlight, seconds, warmUpSeconds, stallSeconds },
    workloads: summarize(rounds, workloads, peers),
    rounds,
  };
  console.log(throughputTable(report.workloads));
  saveResult('throughput.svg', throughputChart(report));
  return concludeBench('throughput', report, throughputVerdicts(report.workloads, rounds));
}

/** A peer that stalls begins again with half as much in flight, once; then it has lost its round, not the run. */
async function takeTurn(
  peer: Peer,
  workload: Workload,
  chainId: number,
  options: ThroughputOptions,
): Promise<Outcome> {
  const inFlight = Math.min(options.inFlight, peer.maxInFlight ?? Number.POSITIVE_INFINITY);
  const outcome = await attempt(peer, workload, chainId, { ...options, inFlight });
  if (outcome.stalled === undefined || peer.maxInFlight === undefined) return outcome;
  return attempt(peer, workload, chainId, { ...options, inFlight: inFlight / 2 });
}

async function attempt(
  peer: Peer,
  workload: Workload,
  chainId: number,
  options: ThroughputOptions,
): Promise<Outcome> {
  const chain = await peer.start({ chainId, cast });
  const part = (whole: number) => Math.ceil(whole * workload.share);
  const transactions = part(options.transactions);
  // What is in flight when the sending ends is waited for: of heavy transactions that would take a slow peer minutes.
  const inFlight = part(options.inFlight);
  const pace = { ...options, inFlight };
  const prepared = workload.prepare(cast);
  try {
    const load = { chain, chainId, cast, workload: prepared, transactions, pace };
    return { inFlight, result: await measureRound(load) };
  } catch (error) {
    if (!(error instanceof ChainStalled)) throw error;
    return { inFlight, stalled: error.message };
  } finally {
    await chain.stop();
  }
}
