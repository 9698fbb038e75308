import type { Address, Hash } from '@flotilla/common';
import type { EvmErrorCode } from './errors.js';
import type { Log } from './state.js';

/** The rule sets that the engine knows, oldest first. */
export type Hardfork = 'cancun' | 'prague' | 'osaka';

/** What the opcodes can see of the block that is being executed. Fees in wei per gas. */
export interface BlockEnv {
  readonly number: bigint;
  /** In seconds. */
  readonly timestamp: bigint;
  readonly coinbase: Address;
  readonly gasLimit: bigint;
  readonly baseFee: bigint;
  readonly prevRandao: Hash;
  readonly blobBaseFee: bigint;
  readonly chainId: bigint;
  /** Asked for the 256 preceding blocks only; undefined reads as zero. */
  blockHash(number: bigint): Hash | undefined;
}

/** EIP-2930. */
export interface AccessListEntry {
  readonly address: Address;
  readonly storageKeys: readonly Hash[];
}

/** EIP-7702: one signed delegation. */
export interface Authorization {
  /** 0 is valid on every chain. */
  readonly chainId: bigint;
  readonly address: Address;
  readonly nonce: bigint;
  readonly yParity: number;
  readonly r: bigint;
  readonly s: bigint;
}

/** The EIP-2718 types that the executor runs. */
export type TransactionType = 0 | 1 | 2 | 3 | 4;

/** A decoded transaction whose sender is known. */
export interface EvmTransaction {
  readonly type: TransactionType;
  readonly from: Address;
  /** Undefined creates a contract. */
  readonly to: Address | undefined;
  readonly nonce: bigint;
  readonly gasLimit: bigint;
  /** Wei per gas. Types 0 and 1 put their gas price here and in `maxPriorityFeePerGas`. */
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
  readonly value: bigint;
  readonly data: Uint8Array;
  readonly accessList?: readonly AccessListEntry[];
  /** Type 4. */
  readonly authorizationList?: readonly Authorization[];
  /** Type 3. */
  readonly blobVersionedHashes?: readonly Hash[];
  readonly maxFeePerBlobGas?: bigint;
}

/** A message for `Evm.call`: a transaction without a signature; what is left out is zero or empty. */
export interface CallMessage extends Partial<Omit<EvmTransaction, 'gasLimit'>> {
  readonly gasLimit: bigint;
}

/** `revert` keeps the rest of the gas and has an output; `halt` (out of gas, bad jump …) takes all gas. */
export type ExecutionStatus = 'success' | 'revert' | 'halt';

export interface CallResult {
  readonly status: ExecutionStatus;
  /** After refunds, and no less than the EIP-7623 floor. */
  readonly gasUsed: bigint;
  /** What EIP-3529 gave back; `gasUsed` has it subtracted already. */
  readonly gasRefunded: bigint;
  /** The returned data, the revert data, or for a create the deployed code. */
  readonly output: Uint8Array;
  readonly logs: readonly Log[];
  readonly createdAddress?: Address;
  readonly haltReason?: EvmErrorCode;
}

export interface TransactionResult extends CallResult {
  /** Wei per gas that the sender paid. */
  readonly effectiveGasPrice: bigint;
  readonly blobGasUsed: bigint;
}
