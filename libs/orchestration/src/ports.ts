import type { Address } from '@flotilla/common';
import type { Chain, ChainChange, ChainEvent, Committee, IdentifiedChain } from './chain/chain.js';
import type { InstanceSpec, InstanceStatus } from './runtime/runtime-driver.js';

/** Chains as rows; every write is one transaction with its events. */
export interface ChainRepository {
  get(id: string): Promise<Chain | undefined>;
  /** Ids of all chains that are not archived; of those soundly asleep only one part of so many. */
  activeIds(sleepers?: { readonly part: number; readonly of: number }): Promise<readonly string[]>;
  /**
   * Writes the change and appends the events, atomically.
   * @throws OrchestrationError `VERSION_CONFLICT` when the row is no longer at `chain.version`,
   *   `CHAIN_ID_TAKEN` when another chain holds `change.chainId`
   */
  update(chain: Chain, change: ChainChange, events: readonly ChainEvent[]): Promise<Chain>;
}

export interface RootRegistration {
  readonly chainId: number;
  readonly committee: Committee;
}

/** The registry on the root. Reads and writes may throw anything retryable while the root is away. */
export interface RootPort {
  registration(chainId: number): Promise<RootRegistration | undefined>;
  /**
   * Resolves once the registration is mined.
   * @throws TerminalError `CHAIN_ID_TAKEN` or `REGISTRATION_REFUSED`
   */
  register(chain: IdentifiedChain): Promise<void>;
  /** Has the root grant an epoch higher than this one, or finds that it has. Resolves with it. */
  grantEpochAbove(chainId: number, epoch: number): Promise<number>;
}

/** The chain's own NATS account. */
export interface AccountPort {
  /**
   * Creates the account if there is none, pushes it to the server, and leaves credentials in the
   * chain's folder. `shared` says that the server is not in our operator mode.
   */
  ensure(chain: Chain): Promise<{ readonly shared: boolean }>;
  /** Revokes it; without one, nothing. */
  remove(chain: Chain): Promise<void>;
}

/** The chain's data folder, before and after a node lives in it. */
export interface NodeFolderPort {
  /** The producer's, by the lease. */
  instance(chain: Chain): InstanceSpec;
  replica(chain: Chain, id: string): InstanceSpec;
  /** Ids of all instances that have a folder, the producer's first. */
  instances(chain: Chain): Promise<readonly string[]>;
  /** Makes the folder of a follower, with the producer's keys and credentials; answers as `writeConfig`. */
  writeReplica(
    chain: Chain & { readonly chainId: number },
    id: string,
  ): Promise<{ readonly writtenAt: number }>;
  /** Tells an instance who may produce, and where that one is. */
  writeLease(
    chain: Chain,
    id: string,
    producer: Pick<InstanceStatus, 'peerUrl' | 'rpcUrl'>,
  ): Promise<void>;
  /** Deletes a follower's folder, or with `keep` moves it to the archive; nothing there is success. */
  removeReplica(chain: Chain, id: string, options: { readonly keep: boolean }): Promise<void>;
  /** The address of the committee key in the folder, drawn once and written durably before it is returned. */
  ensureCommitteeKey(chain: Chain): Promise<Address>;
  /** Writes node.json when it differs; answers when it was last written, in milliseconds since the Unix epoch. */
  writeConfig(chain: Chain & { readonly chainId: number }): Promise<{ readonly writtenAt: number }>;
  /** Moves the folder to the archive; nothing there is success. */
  archive(chain: Chain): Promise<void>;
}

export interface InstanceReport {
  readonly role: 'producer' | 'follower';
  readonly epoch: number;
  /** Of a follower. */
  readonly following?: {
    /** Blocks behind the producer; absent before it has heard from it. */
    readonly lag?: number;
    /** It holds all that was promised in its producer's epoch. */
    readonly paired: boolean;
    /** Why it follows no more. */
    readonly refused?: { readonly code: string; readonly message: string; readonly block: number };
  };
}

export type ProbeResult =
  | { readonly healthy: true; readonly chainId: number }
  | { readonly healthy: false; readonly reason: string };

/** Asks a running node over RPC; never throws. */
export interface ProbePort {
  /** @param timeoutMs to wait for the answer */
  probe(instance: InstanceStatus, timeoutMs?: number): Promise<ProbeResult>;
  /** What an instance of several says of itself; undefined when it does not answer. */
  instance(instance: InstanceStatus): Promise<InstanceReport | undefined>;
}

/** The running node's settings. */
export interface SettingsPort {
  /**
   * From which block on the node has the settings of this generation, if it has said so; else asks it (again) and
   * answers undefined. Asking twice is harmless.
   */
  change(chain: Chain): { readonly fromBlock: number } | undefined;
}

/** Whether a node may go to sleep. */
export interface NodeRest {
  /** Nothing waits to be mined. */
  readonly isQuiet: boolean;
  /** The root knows that the chain sleeps, and all of its transactions. */
  readonly isAnchored: boolean;
  /** `eth_getBlockByNumber("latest", false)`; null when the node does not say. */
  readonly latestBlock: Readonly<Record<string, unknown>> | null;
  /** `eth_gasPrice`; null when the node does not say. */
  readonly gasPrice: string | null;
}

/** Before a chain falls asleep. */
export interface RestPort {
  /** Asks the node, and has it anchor that it sleeps where it has not; asking again is harmless. Never throws. */
  ask(chain: Chain, instance: InstanceStatus): Promise<NodeRest>;
}

/** What bounds the running node: what it enforces itself. */
export interface LimitsPort {
  /**
   * `same`: it has the limits of the chain's spec. `changed`: it has just taken them; said once. `asked`: it was asked
   * (again) and has not answered yet; asking twice is harmless.
   */
  change(chain: Chain, instance: InstanceStatus): 'same' | 'changed' | 'asked';
}

/** Before a planned stop: have what the chain holds anchored. */
export interface SettlementPort {
  /** Asks for a checkpoint if the head is ahead of the last anchor; true when nothing is left to anchor. */
  settle(chain: Chain): Promise<boolean>;
}
