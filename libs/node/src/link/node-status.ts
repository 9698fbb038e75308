import type { Blockchain } from '@flotilla/chain';
import type { Heartbeat } from '@flotilla/messaging';

export interface NodeIdentity {
  /** Differs with every start of the process. */
  readonly instanceId: string;
  readonly rpcUrl: string;
  readonly wsUrl: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
}

/** What a chain of several instances adds. */
export type InstanceStatus = Pick<Heartbeat, 'instance' | 'role' | 'following'>;

/** What the node says about itself, in heartbeats and in `flotilla_status` alike. */
export function nodeStatus(
  chain: Blockchain,
  identity: NodeIdentity,
  instance: InstanceStatus = {},
): Heartbeat {
  const { number, hash, stateRoot, timestamp } = chain.head();
  const safe = chain.resolveTag('safe');
  const finalized = chain.resolveTag('finalized');
  const { transactions, gasUsed } = chain.totals();
  const cpu = process.cpuUsage();
  return {
    pid: process.pid,
    ...identity,
    ...instance,
    epoch: chain.epoch,
    ...(chain.dev?.tampering && { tampered: chain.dev.tampering }),
    head: { number, hash, stateRoot, timestamp },
    safe: { number: safe.number, hash: safe.hash },
    finalized: { number: finalized.number, hash: finalized.hash },
    txpool: chain.poolStatus(),
    txTotal: transactions,
    gasUsedTotal: Number(gasUsed),
    rssBytes: process.memoryUsage.rss(),
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
  };
}
