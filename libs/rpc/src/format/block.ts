import type { Block, Header } from '@flotilla/chain';
import { quantity } from './quantity.js';
import { formatTransaction } from './transaction.js';

/** Fields, order and omissions as geth's `RPCMarshalHeader`. */
export function formatHeader(header: Header): Record<string, unknown> {
  return {
    number: quantity(header.number),
    hash: header.hash,
    parentHash: header.parentHash,
    nonce: header.nonce,
    mixHash: header.mixHash,
    sha3Uncles: header.ommersHash,
    logsBloom: header.logsBloom,
    stateRoot: header.stateRoot,
    miner: header.coinbase,
    difficulty: quantity(header.difficulty),
    extraData: header.extraData,
    gasLimit: quantity(header.gasLimit),
    gasUsed: quantity(header.gasUsed),
    timestamp: quantity(header.timestamp),
    transactionsRoot: header.transactionsRoot,
    receiptsRoot: header.receiptsRoot,
    baseFeePerGas: quantity(header.baseFeePerGas),
    withdrawalsRoot: header.withdrawalsRoot,
    blobGasUsed: quantity(header.blobGasUsed),
    excessBlobGas: quantity(header.excessBlobGas),
    parentBeaconBlockRoot: header.parentBeaconBlockRoot,
    requestsHash: header.requestsHash,
  };
}

export interface BlockFormat {
  /** Whole transactions in the place of their hashes. */
  readonly full: boolean;
  /** A block that isn't sealed: its hash, nonce and miner are null. */
  readonly pending: boolean;
}

export function formatBlock(block: Block, format: BlockFormat): Record<string, unknown> {
  const { header, transactions } = block;
  const place = {
    hash: header.hash,
    number: header.number,
    timestamp: header.timestamp,
    baseFeePerGas: header.baseFeePerGas,
  };
  return {
    ...formatHeader(header),
    ...(format.pending ? { hash: null, nonce: null, miner: null } : {}),
    size: quantity(block.size),
    transactions: format.full
      ? transactions.map((transaction, index) =>
          formatTransaction({
            transaction,
            block: format.pending ? undefined : { ...place, index },
          }),
        )
      : transactions.map((transaction) => transaction.hash),
    uncles: [],
    withdrawals: [],
  };
}
