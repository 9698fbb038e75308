/**
 * Everything that bounds one chain, from the edge to the disk; null is no limit. What a figure means and who enforces it
 * is said beside it in `chain-limits.schema.ts`.
 */
export interface ChainLimits {
  readonly reserved: ReservedShare;
  readonly host: HostLimits;
  readonly edge: EdgeLimits;
  readonly node: NodeLimits;
  readonly nats: NatsLimits;
}

/** What the host keeps free for the chain while it is active: the sum over all chains never exceeds the host. */
export interface ReservedShare {
  /** Thousandths of one core. */
  readonly cpuMillis: number;
  readonly memoryMb: number;
}

/** What the process may take at most, enforced by its cgroup; disk and log by the node itself. */
export interface HostLimits {
  /** Per cent of one core. */
  readonly cpuPercent: number | null;
  /** Share, under contention, of what of the processor is promised to nobody, 1 to 10000; 100 is `small`'s. */
  readonly cpuWeight: number;
  /** Resident memory and page cache, without swap. */
  readonly memoryMb: number | null;
  /** Processes and threads. */
  readonly pids: number | null;
  /** Share of disk bandwidth under contention, 1 to 1000. */
  readonly ioWeight: number;
  /** State, blocks and journal; beyond it the chain is read-only. */
  readonly diskMb: number | null;
  /** Lines beyond it are counted instead of written. */
  readonly logKbPerSecond: number | null;
}

/** What the gateway enforces before the node hears of a request. */
export interface EdgeLimits {
  readonly requestsPerSecond: number | null;
  readonly requestBurst: number | null;
  /** Of requests and answers together. */
  readonly bytesPerSecond: number | null;
  readonly connections: number | null;
  readonly inFlight: number | null;
  readonly bodyBytes: number | null;
  /** Milliseconds of compute that the node says its answers cost. */
  readonly computeMsPerSecond: number | null;
  readonly computeBurstMs: number | null;
  /** The part of these rates, 0 to 1, that one API key or, without keys, one address gets. */
  readonly keyShare: number;
}

/** What the node itself enforces. */
export interface NodeLimits {
  readonly transactionsPerSecond: number | null;
  /** Of mined transactions. */
  readonly gasPerSecond: number | null;
  readonly poolTransactions: number;
  readonly poolMb: number;
  /** Of one connection. */
  readonly subscriptions: number;
  readonly batch: number;
  readonly callGas: number;
  readonly callMs: number;
  readonly traceMs: number;
}

/** What the NATS server enforces on the chain's own account. */
export interface NatsLimits {
  readonly connections: number;
  readonly subscriptions: number;
  readonly payloadBytes: number;
  /** Events that the control plane takes; more wait at the node. */
  readonly messagesPerSecond: number | null;
}
