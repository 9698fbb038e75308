import { InFlightWindow } from '../client/in-flight-window.js';
import { JsonRpc } from '../client/json-rpc.js';
import { LoadSender, type SendReport } from '../client/send-load.js';
import type { Cast } from '../load/accounts.js';
import { type SignedLoad, signedLoad } from '../load/signed-load.js';
import type { RunningChain } from '../peers/peer.js';
import type { PreparedWorkload } from '../workloads/workload.js';
import { BlockWatch, type SeenBlock } from './block-watch.js';
import { CpuLog } from './cpu-log.js';
import { type Pace, WHOLE_LOAD } from './pace.js';
import { anonymousBytes } from './processes.js';
import { setUp } from './setup.js';
import { spanOf } from './span.js';
import { type Verification, verifyMined } from './verify.js';
import type { Window } from './window.js';

export const BATCH_SIZE = 50;
export const CONNECTIONS = 16;

/** Speed and CPU time are of the measured span; faults are of everything that was sent. */
export interface LoadResult extends SendReport, Verification {
  /** Accepted in all. */
  readonly sent: number;
  /** Until the last of them was accepted. */
  readonly sendSeconds: number;
  /** Mined within the measured span. */
  readonly transactions: number;
  readonly gasUsed: number;
  readonly seconds: number;
  readonly span: Window;
  readonly transactionsPerSecond: number;
  readonly megagasPerSecond: number;
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
  readonly pace: Pace;
}

/** Sets up, sends one load over a fresh chain, and accounts for every transaction of it. @throws ChainStalled */
export async function measureRound(on: LoadOn): Promise<LoadResult> {
  const { chain, chainId, cast, workload, transactions, pace } = on;
  await setUp(new JsonRpc(chain.url), cast, chainId, workload.setup);
  const options = { chainId, transactions, connections: CONNECTIONS };
  return measureLoad(chain, await signedLoad(workload, cast, options), pace);
}

/** Moments of a load that others may wait for. */
export interface LoadMoments {
  /** Just-in-time compilers, caches and connections are warm; at once when the pace knows no warm-up. */
  readonly onWarm?: () => void;
  /** Everything was accepted. */
  readonly onSent?: () => void;
}

/** Sends one load over a chain that is set up for it. @throws ChainStalled */
export async function measureLoad(
  chain: RunningChain,
  load: SignedLoad,
  pace: Pace = WHOLE_LOAD,
  moments: LoadMoments = {},
): Promise<LoadResult> {
  const stalledMs = 1_000 * pace.stallSeconds;
  const rpc = new JsonRpc(chain.url, stalledMs);
  const window = new InFlightWindow(pace.inFlight);
  const sender = await LoadSender.prepare(chain.url, load, BATCH_SIZE, window);
  const cpu = new CpuLog({ peer: chain.pids(), chain: [chain.chainPid], client: [process.pid] });
  const firstBlock = 1 + Number(await rpc.call('eth_blockNumber'));
  const onBlock = ({ transactions, seenAt }: SeenBlock) => {
    window.release(transactions);
    cpu.read(seenAt);
  };
  const watch = new BlockWatch(rpc, { firstBlock, stalledMs, onBlock });

  const startedAt = performance.now();
  cpu.read(startedAt);
  let sentAt = startedAt;
  let sent = Number.POSITIVE_INFINITY;
  const sending = sender.run(startedAt + 1_000 * pace.seconds).then((report) => {
    sentAt = performance.now();
    sent = sender.accepted;
    moments.onSent?.();
    return report;
  });
  const warmingUp = setTimeout(() => moments.onWarm?.(), 1_000 * pace.warmUpSeconds);
  let report: SendReport;
  try {
    [report] = await Promise.all([sending, watch.until((mined) => mined >= sent)]);
  } finally {
    sender.stop();
    clearTimeout(warmingUp);
  }

  const warmAt = startedAt + 1_000 * pace.warmUpSeconds;
  const { from, to, blocks } = spanOf(watch.blocks, { startedAt, warmAt, sentAt });
  const wentOut = load.map((lane, index) => lane.slice(0, sender.sent[index]));
  const { verification, gasUsed: gasOf } = await verifyMined(rpc, wentOut, watch.blocks);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const transactions = sum(blocks.map((block) => block.transactions));
  const gasUsed = sum(blocks.map((block) => gasOf.get(block.number) ?? 0));
  const seconds = (to - from) / 1_000;
  const cpuMicros = (of: 'peer' | 'chain' | 'client') =>
    (1e6 * cpu.between(from, to, of)) / transactions;
  return {
    ...report,
    ...verification,
    sent,
    sendSeconds: (sentAt - startedAt) / 1_000,
    transactions,
    gasUsed,
    seconds,
    span: [performance.timeOrigin + from, performance.timeOrigin + to],
    transactionsPerSecond: transactions / seconds,
    megagasPerSecond: gasUsed / seconds / 1e6,
    blocks: blocks.length,
    largestBlock: Math.max(0, ...blocks.map((block) => block.transactions)),
    peerCpuMicros: cpuMicros('peer'),
    chainCpuMicros: cpuMicros('chain'),
    clientCpuMicros: cpuMicros('client'),
    chainBytes: anonymousBytes(chain.chainPid),
  };
}
