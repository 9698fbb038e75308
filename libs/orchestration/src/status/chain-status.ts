import type { Hash } from '@flotilla/common';
import type { ChainLimits } from '../spec/chain-limits.js';
import type { SettingsStatus } from '../spec/chain-settings.js';
import type { ChainSize } from '../spec/sizes.js';

/** Where a chain stands. `Archived` and `Failed` are left only by a change of the spec or of what is wanted. */
export type ChainPhase =
  | 'Requested'
  | 'Provisioning'
  | 'Running'
  | 'Sleeping'
  | 'Paused'
  | 'Draining'
  | 'Archived'
  | 'Failed';

/**
 * What is wanted, apart from the spec. `sleeping` ends with the first request that needs the chain, `paused` only
 * with its owner's word.
 */
export type DesiredState = 'running' | 'sleeping' | 'paused' | 'archived';

export interface BlockRef {
  readonly number: number;
  readonly hash: Hash;
}

export interface HeadRef extends BlockRef {
  readonly stateRoot: Hash;
  /** Seconds since the Unix epoch. */
  readonly timestamp: number;
}

export interface InstanceView {
  readonly id: string;
  readonly pid: number;
  readonly role: 'producer' | 'follower';
  /** ISO 8601. */
  readonly startedAt: string;
}

export type ConditionType =
  /** The chain is registered on the root with its committee. */
  | 'Registered'
  /** Its process is up and answers RPC. */
  | 'Healthy'
  /** It died again and again; restarts are backed off. */
  | 'CrashLoop'
  /** The root can't be reached, or refuses this chain's checkpoints. */
  | 'AnchoringDelayed'
  /** Its users bent its state or history with development methods; it is anchored no more. */
  | 'Tampered'
  /** Its limits are not, or not all, enforced by this host. */
  | 'IsolationDegraded'
  /** Its disk quota is used up: it is read-only. */
  | 'DiskFull'
  /** A follower came to other blocks than its producer, or can't follow it any more. */
  | 'ReplicaRefused'
  /** External NATS without our operator: credentials are shared. */
  | 'SharedNatsAccount';

export interface Condition {
  readonly type: ConditionType;
  readonly status: boolean;
  /** Stable, upper snake case. */
  readonly reason: string;
  readonly message: string;
  /** ISO 8601. */
  readonly lastTransitionAt: string;
}

export interface LastAnchor {
  readonly index: number;
  readonly lastBlock: number;
  /** The checkpoint's EIP-712 hash. */
  readonly hash: Hash;
  readonly rootBlock: BlockRef | null;
  readonly final: boolean;
  /** ISO 8601. */
  readonly at: string;
}

/** What is known of a chain while nothing of it runs. */
export interface SleepStatus {
  /** Since when, ISO 8601. */
  readonly since: string;
  /** What `eth_getBlockByNumber("latest", false)` answered last; null when nobody could ask. */
  readonly latestBlock: Readonly<Record<string, unknown>> | null;
  /** The same of `eth_gasPrice`; absent in rows of earlier versions. */
  readonly gasPrice?: string | null;
}

/** Who may produce. */
export interface Lease {
  /** An instance's id. */
  readonly instance: string;
  /** As granted by the root; only grows. */
  readonly epoch: number;
}

/** How far a chain has grown by itself. */
export interface ScaleStatus {
  /** That there is room for: fewer than the spec's least where there is none for more. */
  readonly replicas: number;
  /** Absent: as many as the machine suggests. */
  readonly workers?: number;
  /** Absent: its owner's. */
  readonly size?: ChainSize;
}

/** A follower that has caught up: reads are routed to it. */
export interface Replica {
  readonly id: string;
  readonly rpcUrl: string;
}

/** The part of the status that the reconciler writes. */
export interface ReconciledStatus {
  readonly phase: ChainPhase;
  /** Why `Failed`, else null. */
  readonly failure: { readonly code: string; readonly message: string } | null;
  /** Where the process itself listens; users are given the gateway's URL. */
  readonly nodeRpcUrl: string | null;
  readonly nodeWsUrl: string | null;
  readonly instances: readonly InstanceView[];
  readonly conditions: readonly Condition[];
  /** Unplanned restarts since creation. */
  readonly restarts: number;
  /** What the node has of the spec's settings; null while it has genesis's. */
  readonly settings: SettingsStatus | null;
  /** Null unless the chain sleeps, or is about to. */
  readonly asleep: SleepStatus | null;
  /** Null for the first instance under the epoch of its registration. */
  readonly lease: Lease | null;
  readonly replicas: readonly Replica[];
  /** What load and room made of the bounds in the spec; null: the least, and the owner's size. */
  readonly scale: ScaleStatus | null;
  /** When its owner last asked for other processes in place of those that run; ISO 8601. */
  readonly restartAskedAt?: string;
}

/** The part that heartbeats and the anchoring relay write: no lock, the newest wins. */
export interface ObservedStatus {
  readonly head: HeadRef | null;
  readonly safe: BlockRef | null;
  readonly finalized: BlockRef | null;
  readonly lastAnchor: LastAnchor | null;
}

/** From the last heartbeat, in memory only. */
export interface LiveStatus {
  /** Transactions mined per second, averaged over about ten seconds. */
  readonly tps: number;
  readonly txpool: { readonly pending: number; readonly queued: number };
  readonly txTotal: number;
  readonly rssBytes: number;
  readonly cpuSeconds: number;
  /** Of one core, averaged over about ten seconds. */
  readonly cpuPercent: number;
  /** Calls that wait for a worker. */
  readonly queueDepth: number;
  /** 99th percentile of reads in the serving process, in milliseconds; 0 when hardly anybody asks. */
  readonly readP99Ms: number;
  /** What the chain has on the disk; null when the node does not say. */
  readonly diskBytes: number | null;
  /** How often a limit was met since the process has started, by its name. */
  readonly limitHits: Readonly<Record<string, number>>;
  /** Since the last request that counts as use, in milliseconds; null when the node does not say. */
  readonly idleMs: number | null;
  /** ISO 8601. */
  readonly heartbeatAt: string;
}

/** Whom a reader of this chain trusts. */
export type TrustMode = 'operator-signed' | 'external-committee';

/** What is, as the API serves it. */
export interface ChainStatus
  extends Omit<ReconciledStatus, 'nodeRpcUrl' | 'nodeWsUrl' | 'replicas' | 'asleep'>,
    ObservedStatus {
  /** The gateway's URLs; null for external chains and archived ones. */
  readonly rpcUrl: string | null;
  readonly wsUrl: string | null;
  /** ISO 8601; null unless the chain sleeps. */
  readonly asleepSince: string | null;
  readonly trust: TrustMode;
  /** What can be lost, and by what, in words. */
  readonly durability: string;
  /** What bounds it: its size's figures, with its own in their place. */
  readonly limits: ChainLimits;
  readonly live: LiveStatus | null;
}

export const INITIAL_STATUS: ReconciledStatus = {
  phase: 'Requested',
  failure: null,
  nodeRpcUrl: null,
  nodeWsUrl: null,
  instances: [],
  conditions: [],
  restarts: 0,
  settings: null,
  asleep: null,
  lease: null,
  replicas: [],
  scale: null,
};
