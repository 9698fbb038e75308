import type { Hash } from '@flotilla/common';

/** Where a chain stands. `Archived` and `Failed` are left only by a change of the spec or of what is wanted. */
export type ChainPhase =
  | 'Requested'
  | 'Provisioning'
  | 'Running'
  | 'Paused'
  | 'Draining'
  | 'Archived'
  | 'Failed';

/** What the owner wants, apart from the spec. */
export type DesiredState = 'running' | 'paused' | 'archived';

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
  readonly role: 'producer';
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

/** What is. Written by the reconciler and, for heads and anchors, by the heartbeat and relay. */
export interface ChainStatus {
  readonly phase: ChainPhase;
  /** Why `Failed`, else null. */
  readonly failure: { readonly code: string; readonly message: string } | null;
  readonly rpcUrl: string | null;
  readonly wsUrl: string | null;
  readonly head: HeadRef | null;
  readonly safe: BlockRef | null;
  readonly finalized: BlockRef | null;
  readonly instances: readonly InstanceView[];
  readonly conditions: readonly Condition[];
  readonly lastAnchor: LastAnchor | null;
  /** Unplanned restarts since creation. */
  readonly restarts: number;
  /** Whom a reader of this chain trusts, in plain words. */
  readonly trust: TrustMode;
}

export type TrustMode = 'operator-signed' | 'external-committee';
