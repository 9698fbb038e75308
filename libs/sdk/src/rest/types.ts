import type { Checkpoint } from '@flotilla/anchoring';
import type { Address, Hash, Hex } from '@flotilla/common';
import type {
  BlockRef,
  ChainPhase,
  ChainSpec,
  ChainSpecInput,
  ChainStatus,
  HeadRef,
  LiveStatus,
} from '@flotilla/orchestration';

export type {
  ChainPhase,
  ChainSpec,
  ChainSpecInput,
  ChainStatus,
  Condition,
} from '@flotilla/orchestration';

type Mutable = Pick<
  ChainSpecInput,
  | 'size'
  | 'limits'
  | 'sealing'
  | 'history'
  | 'checkpoint'
  | 'fees'
  | 'gasLimit'
  | 'token'
  | 'allow'
  | 'access'
  | 'scale'
  | 'failover'
>;

/** What may change after creation; null takes a field away, so that its default holds again. */
export type SpecChange = {
  readonly [Field in keyof Mutable]?:
    | (Mutable[Field] extends object | undefined
        ? { readonly [Inner in keyof Mutable[Field]]?: Mutable[Field][Inner] | null }
        : Mutable[Field])
    | null;
};

/** A chain as the API serves it: what was asked (`spec`) and what is (`status`). Times are ISO 8601. */
export interface Chain {
  readonly name: string;
  /** null until one is drawn, a moment after creation. */
  readonly chainId: number | null;
  readonly tenant: string | null;
  readonly spec: ChainSpec;
  readonly status: ChainStatus;
  /** Grows with every change of the spec; the status follows it in `observedGeneration`. */
  readonly generation: number;
  readonly observedGeneration: number;
  /** For `If-Match`. */
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

export interface ListChainsOptions {
  readonly limit?: number;
  readonly cursor?: string;
  readonly phase?: ChainPhase;
  readonly tenant?: string;
}

export interface BlockSummary {
  readonly number: number;
  readonly hash: Hash;
  readonly parentHash: Hash;
  /** Seconds since the Unix epoch. */
  readonly timestamp: number;
  readonly gasUsed: number;
  readonly gasLimit: number;
  readonly transactionCount: number;
  readonly stateRoot: Hash;
}

export interface TransactionSummary {
  readonly hash: Hash;
  readonly blockNumber: number;
  /** Seconds since the Unix epoch. */
  readonly blockTimestamp: number;
  readonly from: Address;
  /** null: it creates a contract. */
  readonly to: Address | null;
  /** The native coin's smallest unit, decimal. */
  readonly value: string;
  readonly nonce: number;
  readonly type: number;
  readonly status: 'success' | 'reverted';
  readonly gasUsed: number;
  readonly createdAddress: Address | null;
}

/** A checkpoint and how far it got: proposed by the chain, anchored on the root, final there. */
export interface CheckpointRecord {
  readonly index: number;
  readonly hash: Hash;
  /** Hash of the checkpoint before; zero for the first. */
  readonly parent: Hash;
  readonly firstBlock: number;
  readonly lastBlock: number;
  readonly blockHash: Hash;
  readonly stateRoot: Hash;
  readonly status: 'proposed' | 'anchored' | 'final';
  readonly rootTransaction: Hash | null;
  readonly rootBlock: BlockRef | null;
  readonly checkpoint: Checkpoint;
  readonly signatures: readonly Hex[];
  readonly signers: readonly Address[];
  readonly proposedAt: string;
  readonly anchoredAt: string | null;
  readonly finalAt: string | null;
}

export interface SignedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly signatures: readonly Hex[];
}

export interface EventRecord {
  readonly id: string;
  readonly at: string;
  readonly chain: string | null;
  readonly type: string;
  readonly data: unknown;
}

/** What `chain.head` events carry; they are live only, without an id, and never resumed. */
export interface HeadChange {
  readonly head: HeadRef | null;
  readonly safe: BlockRef | null;
  readonly finalized: BlockRef | null;
  readonly live: LiveStatus | null;
}

/** One event of {@link ChainsApi.watch}. */
export type FleetEvent =
  | {
      readonly type: 'chain.head';
      readonly chain: string;
      readonly at: string;
      readonly data: HeadChange;
    }
  | {
      readonly type:
        | 'chain.created'
        | 'chain.updated'
        | 'chain.phase'
        | 'chain.condition'
        | 'chain.restarted'
        | 'chain.settled'
        | 'chain.settings'
        | 'chain.limits'
        | 'chain.failover'
        | 'chain.scaled'
        | 'chain.scale-refused'
        | 'checkpoint.proposed'
        | 'checkpoint.anchored'
        | 'checkpoint.final';
      readonly id: string;
      readonly chain: string;
      readonly at: string;
      readonly data: unknown;
    };

/** `rpc`: good for JSON-RPC with its tenant's chains, and for nothing of this API. */
export type KeyRole = 'admin' | 'tenant' | 'viewer' | 'rpc';

export interface KeyRecord {
  readonly id: string;
  readonly role: KeyRole;
  readonly tenant: string | null;
  readonly label: string | null;
  readonly createdAt: string;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
}

export interface CreateKeyRequest {
  readonly role: KeyRole;
  readonly tenant?: string;
  readonly label?: string;
}

/** The only answer that ever holds the key itself. */
export interface CreatedKey extends KeyRecord {
  readonly key: string;
}

export type Identity = Pick<KeyRecord, 'id' | 'role' | 'tenant' | 'label'>;

export interface AuditRecord {
  readonly id: string;
  readonly at: string;
  readonly keyId: string | null;
  readonly tenant: string | null;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly code: string | null;
  readonly remote: string | null;
}

export interface HostShare {
  /** Thousandths of a core. */
  readonly cpuMillis: number;
  readonly memoryMb: number;
}

export interface Fleet {
  readonly profile: 'dev' | 'production';
  readonly root: {
    readonly chainId: number;
    readonly rpcUrl: string;
    readonly registry: Address;
    readonly checkpointManager: Address;
    /** `embedded`, `tag` or `depth:n`. */
    readonly finality: string;
    readonly reachable: boolean;
  };
  readonly gatewayUrl: string;
  /** What the host may promise to chains, has promised, and has left. */
  readonly capacity: Readonly<Record<'capacity' | 'reserved' | 'free', HostShare>>;
  readonly chains: {
    readonly total: number;
    readonly byPhase: Readonly<Record<string, number>>;
  };
}

export interface HealthCheck {
  readonly ok: boolean;
  readonly detail?: string;
}

export interface Health {
  readonly status: 'ok' | 'degraded';
  readonly checks: Readonly<Record<'database' | 'nats' | 'root', HealthCheck>>;
}
