import type { Address, Hash } from '@flotilla/common';
import type { AccessListEntry, Authorization, TransactionType } from '@flotilla/evm';

export type { AccessListEntry, Authorization, TransactionType };

/** A decoded, signed transaction. Fields that a type lacks are undefined; fee caps are filled for every type. */
export interface SignedTransaction {
  readonly hash: Hash;
  readonly type: TransactionType;
  /** The canonical encoding (EIP-2718 envelope), as it travels and as it is stored. */
  readonly raw: Uint8Array;
  /** Undefined in a legacy transaction without replay protection. */
  readonly chainId: bigint | undefined;
  readonly nonce: bigint;
  /** Types 0 and 1 only. */
  readonly gasPrice: bigint | undefined;
  /** The gas price of types 0 and 1. */
  readonly maxFeePerGas: bigint;
  /** The gas price of types 0 and 1. */
  readonly maxPriorityFeePerGas: bigint;
  readonly gasLimit: bigint;
  /** Undefined creates a contract. */
  readonly to: Address | undefined;
  readonly value: bigint;
  readonly data: Uint8Array;
  readonly accessList: readonly AccessListEntry[];
  readonly authorizationList: readonly Authorization[];
  readonly maxFeePerBlobGas: bigint | undefined;
  readonly blobVersionedHashes: readonly Hash[];
  /** As encoded: 27, 28 or EIP-155 for type 0, the y parity for the others. */
  readonly v: bigint;
  readonly yParity: number;
  readonly r: bigint;
  readonly s: bigint;
}

/** A signed transaction whose sender has been recovered from the signature. */
export interface Transaction extends SignedTransaction {
  readonly from: Address;
}

/** Where a transaction is: in a block, or (all undefined) in the pool. */
export interface TransactionLookup {
  readonly transaction: Transaction;
  readonly block:
    | {
        readonly hash: Hash;
        readonly number: number;
        readonly timestamp: number;
        readonly baseFeePerGas: bigint;
        /** Position in the block. */
        readonly index: number;
      }
    | undefined;
}
