import { createCast, SENDERS } from './load/accounts.js';
import { type LoadResult, measureRound } from './measure/round.js';
import type { Peer } from './peers/peer.js';
import { describeMachine } from './report/machine.js';
import { saveResult } from './report/results.js';
import { throughputChart } from './report/throughput-chart.js';
import { faultsOf, summarize, type ThroughputRound } from './report/throughput-report.js';
import { throughputTable } from './report/throughput-table.js';
import { throughputVerdicts } from './report/throughput-verdicts.js';
import { printVerdicts } from './report/verdict.js';
import type { Workload } from './workloads/workload.js';

export interface ThroughputOptions {
  readonly rounds: number;
  readonly transactions: number;
  readonly peers: readonly Peer[];
  readonly workloads: readonly Workload[];
}

const FIRST_CHAIN_ID = 7_300_001;

/** Peers take turns, round by round, each time on a fresh chain. Comes back false when a promise is broken or anything got lost. */
export async function runThroughput(options: ThroughputOptions): Promise<boolean> {
  const { peers, workloads } = options;
  const rounds: ThroughputRound[] = [];
  let chains = 0;
  try {
    for (const workload of workloads) {
      for (let round = 0; round < options.rounds; round++) {
        // Whoever comes first may find another machine than whoever comes last.
        const turn = round % 2 === 0 ? peers : [...peers].reverse();
        for (const peer of turn) {
          const transactions = Math.ceil(options.transactions * workload.share);
          const result = await measure(peer, workload, transactions, FIRST_CHAIN_ID + chains++);
          rounds.push({ workload: workload.name, peer: peer.name, round, result });
          console.log(roundLine(workload, peer, round, result));
        }
      }
    }
  } finally {
    for (const peer of peers) await peer.close();
  }
  const machine = describeMachine();
  const report = { machine, workloads: summarize(rounds, workloads, peers), rounds };
  console.log(throughputTable(report.workloads));
  saveResult('throughput.json', report);
  saveResult('throughput.svg', throughputChart(report));
  return printVerdicts(throughputVerdicts(report.workloads, rounds));
}

async function measure(
  peer: Peer,
  workload: Workload,
  transactions: number,
  chainId: number,
): Promise<LoadResult> {
  const cast = createCast(SENDERS);
  const chain = await peer.start({ chainId, cast });
  try {
    const prepared = workload.prepare(cast);
    return await measureRound({ chain, chainId, cast, workload: prepared, transactions });
  } finally {
    await chain.stop();
  }
}

function roundLine(workload: Workload, peer: Peer, round: number, result: LoadResult): string {
  const faults = faultsOf(result);
  return [
    `${workload.name} round ${round + 1} ${peer.name}:`,
    `${Math.round(result.transactionsPerSecond)} tx/s,`,
    `${result.megagasPerSecond.toFixed(1)} Mgas/s,`,
    `${result.blocks} blocks, largest ${result.largestBlock};`,
    `CPU µs/tx ${Math.round(result.peerCpuMicros)} (chain ${Math.round(result.chainCpuMicros)}, client ${Math.round(result.clientCpuMicros)})`,
    ...(faults.length > 0 ? [`— FAULTY: ${faults.join(', ')}`] : []),
  ].join(' ');
}
