import type { Address, Hash, Hex } from '@flotilla/common';

/** Seconds since the Unix epoch at which a fork becomes active; 0 is genesis. */
export interface HardforkSchedule {
  readonly cancun: 0;
  readonly prague?: number;
  readonly osaka?: number;
}

/**
 * - `free`: base fee 0, a zero gas price is accepted.
 * - `fixed`: every block's base fee is `gasPrice`; cheaper transactions are refused.
 * - `eip1559`: the base fee follows the load; `gasPrice` is the first one.
 */
export interface FeeConfig {
  readonly mode: 'free' | 'fixed' | 'eip1559';
  /** Wei per gas. Default 1 gwei; `free` has none. */
  readonly gasPrice?: bigint;
}

/**
 * - `instant`: seal as soon as there is work.
 * - `interval`: every `intervalMs`, also without work.
 * - `lazy`: every `intervalMs`, but no empty block.
 */
export interface SealingConfig {
  readonly mode: 'instant' | 'interval' | 'lazy';
  readonly intervalMs: number;
}

export interface GenesisAccount {
  /** Wei. */
  readonly balance: bigint;
  readonly nonce?: bigint;
  readonly code?: Hex;
  /** 32-byte slot to 32-byte value, both hex. */
  readonly storage?: Readonly<Record<Hex, Hex>>;
}

export interface TokenConfig {
  readonly name: string;
  readonly symbol: string;
  readonly decimals: number;
}

/** Who may do what; without a list everybody, with an empty one nobody. */
export interface Allowlists {
  /** Whose transactions may make contracts, directly or by CREATE and CREATE2 in what they call. */
  readonly deployers?: readonly Address[];
  /** Whose transactions are taken at all. */
  readonly senders?: readonly Address[];
}

export interface HistoryConfig {
  /** Keep every past state. Default false. */
  readonly archive?: boolean;
  /** States of at least so many blocks behind the head stay readable. Default 128. */
  readonly minBlocks?: number;
  /** States of at least so many seconds behind the head stay readable. Default 600. */
  readonly minSeconds?: number;
}

export interface PoolLimits {
  /** Executable transactions of the whole pool. Default 65,536. */
  readonly globalPending?: number;
  /** Transactions behind a nonce gap, of the whole pool. Default 8,192. */
  readonly globalQueued?: number;
  /** Executable transactions of one sender. Default 16,384. */
  readonly senderPending?: number;
  /** Transactions behind a nonce gap of one sender. Default 64, as geth. */
  readonly senderQueued?: number;
  /** Encoded bytes of all pooled transactions. Default 128 MiB. */
  readonly bytes?: number;
}

export interface BlockLimits {
  /**
   * Milliseconds of execution after which a block is closed even though there is more to do. Default: 80 % of the
   * interval, 500 with instant sealing.
   */
  readonly budgetMs?: number;
  /** Milliseconds of execution after which the event loop gets a turn. Default 20. */
  readonly sliceMs?: number;
  /** Bytes of an encoded block. Default 8 MiB, as EIP-7934 has it. */
  readonly bytes?: number;
}

export interface CallLimits {
  /** Gas of one `call` or `estimateGas`. Default 50,000,000, as geth. */
  readonly gasCap?: bigint;
  /** Milliseconds of one `call`, or of one traced transaction unless it asks for more. Default 5,000, as geth. */
  readonly timeoutMs?: number;
  /** Milliseconds of a traced block, and the most that any trace may ask for. Default 30,000. */
  readonly traceTimeoutMs?: number;
  /** About the bytes of the JSON of one answer with traces. Default 24 MiB: some 150,000 steps. */
  readonly traceBytes?: number;
}

export interface LogLimits {
  /** Blocks that one query may span. Default 10,000. */
  readonly blocks?: number;
  /** Logs that one query may return. Default 20,000. */
  readonly results?: number;
  /** Milliseconds that one query may take. Default 5,000. */
  readonly timeoutMs?: number;
}

/**
 * Everything that makes one chain differ from another. Bigints where wei or gas prices are meant. `gasLimit`, `fees`,
 * `token` and `allow` are what genesis begins with: a store that exists keeps its own record of how they changed.
 */
export interface ChainConfig {
  readonly chainId: number;
  readonly name: string;
  /** Default `{ cancun: 0, prague: 0 }`. */
  readonly hardforks?: HardforkSchedule;
  /** Gas per block. Default 30,000,000. */
  readonly gasLimit?: bigint;
  readonly fees?: FeeConfig;
  readonly sealing?: SealingConfig;
  readonly alloc?: Readonly<Record<Address, GenesisAccount>>;
  /** Contracts that must be there from block 0 on (the root's own); same shape as `alloc`, applied after it. */
  readonly predeploys?: Readonly<Record<Address, GenesisAccount>>;
  readonly token?: TokenConfig;
  readonly allow?: Allowlists;
  readonly history?: HistoryConfig;
  /** Receives tips. Default: the zero address. */
  readonly coinbase?: Address;
  readonly profile?: 'dev' | 'production';
  /** Seconds since the Unix epoch. Default: the clock's time when the chain is created. */
  readonly genesisTimestamp?: number;
  /** Accept transactions without a chain id (EIP-155). Default: on `dev` chains only. */
  readonly unprotectedTransactions?: boolean;
  readonly pool?: PoolLimits;
  readonly blocks?: BlockLimits;
  readonly calls?: CallLimits;
  readonly logs?: LogLimits;
}

/** What `Blockchain` found in the store or made: for display and for checkpoints. */
export interface ChainIdentity {
  readonly chainId: number;
  readonly name: string;
  readonly genesisHash: Hash;
}
