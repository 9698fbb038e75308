import type { Address, Hash, Hex } from '@flotilla/common';
import type { Transaction } from '../transaction/types.js';

/** A post-merge header with the fields of Cancun, and from Prague on `requestsHash`. */
export interface HeaderFields {
  readonly parentHash: Hash;
  readonly ommersHash: Hash;
  readonly coinbase: Address;
  readonly stateRoot: Hash;
  readonly transactionsRoot: Hash;
  readonly receiptsRoot: Hash;
  /** 256 bytes. */
  readonly logsBloom: Hex;
  readonly difficulty: bigint;
  readonly number: number;
  readonly gasLimit: bigint;
  readonly gasUsed: bigint;
  /** Seconds since the Unix epoch; may equal the parent's. */
  readonly timestamp: number;
  /** `flotilla` in ASCII, then the producer's epoch as 8 bytes. */
  readonly extraData: Hex;
  /** keccak-256(parent hash ‖ number as 32 bytes): what PREVRANDAO returns, predictable. */
  readonly mixHash: Hash;
  /** 8 bytes. */
  readonly nonce: Hex;
  readonly baseFeePerGas: bigint;
  readonly withdrawalsRoot: Hash;
  readonly blobGasUsed: bigint;
  readonly excessBlobGas: bigint;
  readonly parentBeaconBlockRoot: Hash;
  /** EIP-7685, from Prague on. */
  readonly requestsHash: Hash | undefined;
}

export interface Header extends HeaderFields {
  readonly hash: Hash;
}

export interface Block {
  readonly header: Header;
  readonly transactions: readonly Transaction[];
  /** Bytes of the block's RLP encoding. */
  readonly size: number;
}

export interface LogEntry {
  readonly address: Address;
  readonly topics: readonly Hash[];
  readonly data: Uint8Array;
  /** Position among all logs of the block. */
  readonly logIndex: number;
  readonly transactionIndex: number;
  readonly transactionHash: Hash;
  readonly blockNumber: number;
  readonly blockHash: Hash;
  readonly blockTimestamp: number;
}

export interface Receipt {
  readonly type: number;
  readonly status: 0 | 1;
  readonly cumulativeGasUsed: bigint;
  readonly gasUsed: bigint;
  readonly effectiveGasPrice: bigint;
  /** 256 bytes. */
  readonly logsBloom: Hex;
  readonly logs: readonly LogEntry[];
  readonly contractAddress: Address | undefined;
  readonly transactionHash: Hash;
  readonly transactionIndex: number;
  readonly blockHash: Hash;
  readonly blockNumber: number;
  readonly from: Address;
  readonly to: Address | undefined;
}

/** A block that is durable, with what it led to. */
export interface SealedBlock {
  readonly block: Block;
  readonly receipts: readonly Receipt[];
  /** The block as it travels between nodes. */
  readonly rlp: Uint8Array;
  readonly epoch: number;
}

export type BlockTag = 'latest' | 'safe' | 'finalized' | 'pending' | 'earliest';

/** A tag, a number, or a hash (EIP-1898). */
export type BlockId = BlockTag | number | { readonly hash: Hash };
