import type { Address } from '@flotilla/common';
import type { ChainSettings } from '../spec/chain-settings.js';
import type { ChainSpec } from '../spec/chain-spec.schema.js';
import type { DesiredState, ReconciledStatus } from '../status/chain-status.js';

/** A chain's row: what is asked, and what the reconciler has brought about. */
export interface Chain {
  /** Stable key, a UUID: a name may be used again once its chain is archived. */
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  readonly spec: ChainSpec;
  /** What block 0 is made by: the spec's settings as they were at creation. */
  readonly genesis: ChainSettings;
  readonly desired: DesiredState;
  /** Drawn or chosen; null until allocated. */
  readonly chainId: number | null;
  /** Signers registered on the root; null until the key exists. */
  readonly committee: Committee | null;
  readonly status: ReconciledStatus;
  /** Grows by one with every change of `spec` or `desired`. */
  readonly generation: number;
  /** The generation that `status` speaks of. */
  readonly observedGeneration: number;
  /** Optimistic lock: grows by one with every write of the row. */
  readonly version: number;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface Committee {
  /** Ascending. */
  readonly members: readonly Address[];
  readonly threshold: number;
}

/** A chain whose identity is settled. */
export type IdentifiedChain = Chain & { readonly chainId: number; readonly committee: Committee };

/** The fields that the reconciler writes. */
export type ChainChange = Partial<
  Pick<Chain, 'chainId' | 'committee' | 'status' | 'observedGeneration'>
>;

export type ChainEventType =
  | 'chain.created'
  | 'chain.updated'
  | 'chain.phase'
  | 'chain.settled'
  | 'chain.condition'
  | 'chain.restarted'
  | 'chain.settings'
  | 'chain.limits'
  | 'chain.failover'
  | 'chain.scaled'
  | 'chain.scale-refused'
  | 'checkpoint.proposed'
  | 'checkpoint.anchored'
  | 'checkpoint.final';

export interface ChainEvent {
  readonly type: ChainEventType;
  readonly data: Record<string, unknown>;
}
