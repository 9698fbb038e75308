import { JsonRpc } from '../client/json-rpc.js';
import { LoadSender, type SendReport } from '../client/send-load.js';
import type { Cast } from '../load/accounts.js';
import { type SignedLoad, signedLoad } from '../load/signed-load.js';
import type { RunningChain } from '../peers/peer.js';
import type { PreparedWorkload } from '../workloads/workload.js';
import { BlockWatch } from './block-watch.js';
import { anonymousBytes, CpuMeter } from './processes.js';
import { setUp } from './setup.js';
import { type Verification, verifyMined } from './verify.js';

export const BATCH_SIZE = 50;
export const CONNECTIONS = 16;

export interface LoadResult extends SendReport, Verification {
  readonly transactions: number;
  /** From the first send to the sight of the block that completes the load. */
  readonly seconds: number;
  readonly transactionsPerSecond: number;
  readonly megagasPerSecond: number;
  /** Until the last transaction was accepted. */
  readonly sendSeconds: number;
  readonly blocks: number;
  readonly largestBlock: number;
  /** CPU time per transaction in microseconds: of all the peer's processes, of the chain's, of this client. */
  readonly peerCpuMicros: number;
  readonly chainCpuMicros: number;
  readonly clientCpuMicros: number;
  /** Anonymous memory of the chain's process at the end. */
  readonly chainBytes: number;
}

export interface LoadOn {
  readonly chain: RunningChain;
  readonly chainId: number;
  readonly cast: Cast;
  readonly workload: PreparedWorkload;
  readonly transactions: number;
}

/** Sets up, sends one load over a fresh chain, and accounts for every transaction of it. */
export async function measureRound(on: LoadOn): Promise<LoadResult> {
  const { chain, chainId, cast, workload, transactions } = on;
  await setUp(new JsonRpc(chain.url), cast, chainId, workload.setup);
  const options = { chainId, transactions, connections: CONNECTIONS };
  return measureLoad(chain, await signedLoad(workload, cast, options));
}

/** Sends one load over a chain that is set up for it. */
export async function measureLoad(chain: RunningChain, load: SignedLoad): Promise<LoadResult> {
  const transactions = load.reduce((sum, lane) => sum + lane.length, 0);
  const rpc = new JsonRpc(chain.url);
  const sender = await LoadSender.prepare(chain.url, load, BATCH_SIZE);
  const watch = new BlockWatch(rpc, 1 + Number(await rpc.call('eth_blockNumber')));
  globalThis.gc?.();

  const peerCpu = new CpuMeter(chain.pids());
  const chainCpu = new CpuMeter([chain.chainPid]);
  const clientCpu = new CpuMeter([process.pid]);
  const startedAt = performance.now();
  let sentAt = startedAt;
  const sending = sender.run().then((report) => {
    sentAt = performance.now();
    return report;
  });
  const [report] = await Promise.all([sending, watch.until(transactions)]);
  const cpu = [peerCpu, chainCpu, clientCpu].map((m) => (1e6 * m.seconds()) / transactions);

  const filled = watch.blocks.filter((block) => block.transactions > 0);
  const seconds = ((filled.at(-1)?.seenAt ?? performance.now()) - startedAt) / 1_000;
  const verification = await verifyMined(rpc, load, watch.blocks);
  const mined = transactions - verification.missing;
  return {
    ...report,
    ...verification,
    transactions,
    seconds,
    transactionsPerSecond: mined / seconds,
    megagasPerSecond: verification.gasUsed / seconds / 1e6,
    sendSeconds: (sentAt - startedAt) / 1_000,
    blocks: filled.length,
    largestBlock: Math.max(0, ...filled.map((block) => block.transactions)),
    peerCpuMicros: cpu[0],
    chainCpuMicros: cpu[1],
    clientCpuMicros: cpu[2],
    chainBytes: anonymousBytes(chain.chainPid),
  };
}
