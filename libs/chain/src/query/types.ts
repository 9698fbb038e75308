import type { Address, Hash } from '@flotilla/common';
import type { AccessListEntry, Authorization } from '../transaction/types.js';

/** A message to execute without a signature. Everything omitted gets geth's default. */
export interface CallRequest {
  readonly from?: Address;
  readonly to?: Address;
  readonly gas?: bigint;
  readonly gasPrice?: bigint;
  readonly maxFeePerGas?: bigint;
  readonly maxPriorityFeePerGas?: bigint;
  readonly value?: bigint;
  readonly data?: Uint8Array;
  readonly nonce?: bigint;
  readonly accessList?: readonly AccessListEntry[];
  readonly authorizationList?: readonly Authorization[];
}

/** `state` replaces the whole storage, `stateDiff` only the slots named. */
export interface AccountOverride {
  readonly balance?: bigint;
  readonly nonce?: bigint;
  readonly code?: Uint8Array;
  readonly state?: ReadonlyMap<bigint, bigint>;
  readonly stateDiff?: ReadonlyMap<bigint, bigint>;
}

export interface BlockOverride {
  readonly number?: bigint;
  readonly time?: bigint;
  readonly gasLimit?: bigint;
  readonly feeRecipient?: Address;
  readonly prevRandao?: Hash;
  readonly baseFeePerGas?: bigint;
  readonly blobBaseFee?: bigint;
}

export interface CallOptions {
  readonly stateOverrides?: ReadonlyMap<Address, AccountOverride>;
  readonly blockOverrides?: BlockOverride;
}

export interface CallOutcome {
  readonly output: Uint8Array;
  readonly gasUsed: bigint;
}

/** `eth_getLogs`: either one block by hash, or an inclusive range of numbers. */
export interface LogFilter {
  readonly blockHash?: Hash;
  /** Default: the head. */
  readonly fromBlock?: number;
  /** Default: the head. */
  readonly toBlock?: number;
  /** Any of these; empty or undefined is every address. */
  readonly addresses?: readonly Address[];
  /** By position: undefined is anything, else any of these. */
  readonly topics?: readonly (readonly Hash[] | undefined)[];
}

/** `eth_feeHistory`. */
export interface FeeHistory {
  readonly oldestBlock: number;
  /** One more than blocks: the last is the next block's. */
  readonly baseFeePerGas: readonly bigint[];
  readonly gasUsedRatio: readonly number[];
  /** Per block, the tip at each asked percentile of gas; undefined when no percentiles were asked. */
  readonly reward: readonly (readonly bigint[])[] | undefined;
  readonly baseFeePerBlobGas: readonly bigint[];
  readonly blobGasUsedRatio: readonly number[];
}

export interface StateWindow {
  readonly oldestBlock: number;
  /** At least so many blocks before the head; undefined on an archive. */
  readonly blocks: number | undefined;
}

export interface AccountProof {
  readonly address: Address;
  readonly accountProof: readonly Uint8Array[];
  readonly balance: bigint;
  readonly codeHash: Hash;
  readonly nonce: bigint;
  readonly storageHash: Hash;
  readonly storageProof: readonly {
    readonly key: bigint;
    readonly value: bigint;
    readonly proof: readonly Uint8Array[];
  }[];
}
