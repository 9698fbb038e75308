import { JsonRpc } from './client/json-rpc.js';
import { createCast, SENDERS } from './load/accounts.js';
import { signLoad } from './load/signed-load.js';
import { folderBytes, tableSizes } from './measure/disk.js';
import { MemoryCgroup } from './measure/memory-cgroup.js';
import { anonymousBytes } from './measure/processes.js';
import { CONNECTIONS, type LoadResult, measureLoad } from './measure/round.js';
import { Sampler } from './measure/sampler.js';
import { setUp } from './measure/setup.js';
import {
  closeStack,
  type FlotillaChain,
  sharedStack,
  startFlotillaChain,
} from './peers/flotilla.js';
import { concludeBench } from './report/conclude.js';
import { describeMachine } from './report/machine.js';
import { type DiskUse, type MemoryRun, memoryVerdicts } from './report/memory-verdicts.js';
import { type MixedTraffic, prepareMixed } from './workloads/mixed.js';

const CHAIN_ID = 7_400_001;
const LIMIT_MB = 512;
/** Started within its limit, not moved there: all of its memory counts. */
const NO_WARM_NODES = { FLOTILLA_WARM_POOL: '0' };
const SAMPLE_MS = 1_000;
/** Signed and sent at once; divides by the connections, so that the plan goes on where it was. */
const CHUNK = 3_000 * CONNECTIONS;

/** Many transactions through one chain: its memory must stay small and flat, its state no larger than what is in it. */
export async function runMemory(transactions: number): Promise<boolean> {
  try {
    const run = await measureMemory(transactions);
    return concludeBench('memory', { machine: describeMachine(), ...run }, memoryVerdicts(run));
  } finally {
    await closeStack();
  }
}

async function measureMemory(transactions: number): Promise<MemoryRun> {
  const cast = createCast(SENDERS);
  await sharedStack(NO_WARM_NODES);
  const limits = { host: { memoryMb: LIMIT_MB } };
  const chain = await startFlotillaChain('gateway', { chainId: CHAIN_ID, cast }, { limits });
  const cgroup = MemoryCgroup.of(chain.chainPid);
  const traffic = prepareMixed(cast);
  await setUp(new JsonRpc(chain.url), cast, CHAIN_ID, traffic.mixed.setup);
  const diskBefore = folderBytes(chain.folder);

  const isAlive = () => anonymousBytes(chain.chainPid) > 0;
  const loads: LoadResult[] = [];
  const sampler = new Sampler(() => anonymousBytes(chain.chainPid), SAMPLE_MS);
  let disk: DiskUse | undefined;
  try {
    await sendAll(chain, traffic.mixed, { skip: 0, transactions, loads });
    sampler.stop();
    const bytes = folderBytes(chain.folder) - diskBefore;
    const tables = await tableSizes(chain.folder);
    const rewrites = Math.max(CONNECTIONS, Math.floor(transactions / 10));
    await sendAll(chain, traffic.rewriting, { skip: transactions, transactions: rewrites, loads });
    disk = { bytes, tables, tablesAfterRewriting: await tableSizes(chain.folder) };
  } catch (error) {
    // A chain that the kernel killed breaks its connections: that is a result, not a failure of the bench.
    if (isAlive()) throw error;
    console.log(`the chain died: ${String(error)}`);
  }
  return {
    transactions,
    loads,
    samples: sampler.stop(),
    cgroup: cgroup && { limitBytes: cgroup.limitBytes, kills: cgroup.kills() },
    survived: cgroup?.pids().includes(chain.chainPid) ?? isAlive(),
    disk,
  };
}

interface Part {
  readonly skip: number;
  readonly transactions: number;
  /** Results so far; they outlive the chain. */
  readonly loads: LoadResult[];
}

async function sendAll(
  chain: FlotillaChain,
  workload: MixedTraffic['mixed'],
  { skip, transactions, loads }: Part,
): Promise<void> {
  const cast = createCast(SENDERS);
  for (let sent = 0; sent < transactions; ) {
    const count = Math.min(CHUNK, transactions - sent);
    const options = { chainId: CHAIN_ID, connections: CONNECTIONS, transactions: count };
    const load = await signLoad(workload, cast, { ...options, skip: skip + sent });
    loads.push(await measureLoad(chain, load));
    sent += count;
    const { transactionsPerSecond, chainBytes } = loads[loads.length - 1];
    console.log(
      `${skip + sent} transactions, ${Math.round(transactionsPerSecond)} tx/s, ${(chainBytes / 1e6).toFixed(0)} MB`,
    );
  }
}
