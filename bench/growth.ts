import { JsonRpc } from './client/json-rpc.js';
import { createCast, SENDERS } from './load/accounts.js';
import { signLoad } from './load/signed-load.js';
import { folderBytes } from './measure/disk.js';
import { CONNECTIONS, type LoadResult, measureLoad } from './measure/round.js';
import { setUp } from './measure/setup.js';
import { closeStack, type FlotillaChain, startFlotillaChain } from './peers/flotilla.js';
import { concludeBench } from './report/conclude.js';
import { describeMachine } from './report/machine.js';
import { medianRatio } from './report/statistics.js';
import { faultsOf } from './report/throughput-report.js';
import { prepareCrowd } from './workloads/crowd.js';
import type { PreparedWorkload } from './workloads/workload.js';

export interface GrowthOptions {
  readonly rounds: number;
  readonly transactions: number;
  /** Accounts in the small state and in the large one. */
  readonly small: number;
  readonly large: number;
}

interface Contestant {
  readonly accounts: number;
  readonly chainId: number;
  readonly chain: FlotillaChain;
  readonly workload: PreparedWorkload;
  readonly results: LoadResult[];
}

const FIRST_CHAIN_ID = 7_500_001;
const MIN_RATIO = 0.8;
const cast = createCast(SENDERS);

/** Two chains that differ in the number of their accounts only take turns on the same load. */
export async function runGrowth(options: GrowthOptions): Promise<boolean> {
  try {
    const small = await prepare(options.small, FIRST_CHAIN_ID);
    const large = await prepare(options.large, FIRST_CHAIN_ID + 1);
    // The plan of a load goes on where it was only by whole rows.
    const transactions = Math.ceil(options.transactions / CONNECTIONS) * CONNECTIONS;
    for (let round = 0; round < options.rounds; round++) {
      const turn = round % 2 === 0 ? [small, large] : [large, small];
      for (const contestant of turn) await takeTurn(contestant, round, transactions);
    }
    return report(small, large);
  } finally {
    await closeStack();
  }
}

async function prepare(accounts: number, chainId: number): Promise<Contestant> {
  // No empty blocks: the chain whose turn it isn't does nothing.
  const spec = { sealing: { mode: 'lazy', intervalMs: 1_000 } };
  const chain = await startFlotillaChain('gateway', { chainId, cast }, spec);
  const workload = prepareCrowd(cast, accounts);
  const startedAt = performance.now();
  await setUp(new JsonRpc(chain.url), cast, chainId, workload.setup);
  const seconds = (performance.now() - startedAt) / 1_000;
  const megabytes = folderBytes(chain.folder) / 1e6;
  console.log(
    `${accounts} accounts made in ${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB on the disk`,
  );
  return { accounts, chainId, chain, workload, results: [] };
}

async function takeTurn(
  { accounts, chainId, chain, workload, results }: Contestant,
  round: number,
  transactions: number,
): Promise<void> {
  const options = { chainId, transactions, connections: CONNECTIONS, skip: round * transactions };
  const result = await measureLoad(chain, await signLoad(workload, cast, options));
  results.push(result);
  console.log(
    `round ${round + 1}, ${accounts} accounts: ${Math.round(result.transactionsPerSecond)} tx/s, CPU of the chain ${Math.round(result.chainCpuMicros)} µs/tx`,
  );
}

function report(small: Contestant, large: Contestant): boolean {
  const of = (contestant: Contestant, pick: (result: LoadResult) => number) =>
    contestant.results.map(pick);
  const speed = (result: LoadResult) => result.transactionsPerSecond;
  const cpu = (result: LoadResult) => result.chainCpuMicros;
  const ratio = medianRatio(of(large, speed), of(small, speed));
  const cpuRatio = medianRatio(of(large, cpu), of(small, cpu));
  const faults = [...small.results, ...large.results].flatMap(faultsOf);
  const states = [small, large].map(({ accounts, results }) => ({ accounts, results }));
  return concludeBench('growth', { machine: describeMachine(), ratio, cpuRatio, states }, [
    {
      promise: `with ${large.accounts} accounts at least 80 % of the throughput with ${small.accounts}`,
      measured: `${(100 * ratio).toFixed(0)} % (CPU per transaction: ${cpuRatio.toFixed(2)}×)`,
      holds: ratio >= MIN_RATIO,
    },
    {
      promise: 'each transaction mined once',
      measured: faults.length === 0 ? 'all' : faults.join(', '),
      holds: faults.length === 0,
    },
  ]);
}
