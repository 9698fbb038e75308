import { bytesToHex } from '@flotilla/common';
import { logsBloom } from '../block/bloom.js';
import type { Header, LogEntry, Receipt } from '../block/types.js';
import { effectiveGasPrice } from '../fees/effective-price.js';
import type { Transaction } from '../transaction/types.js';
import type { ReceiptRecord } from './receipt-record.js';

/** The logs of one transaction with their place on the chain. */
export function logEntries(
  header: Header,
  transactionHash: `0x${string}`,
  transactionIndex: number,
  record: ReceiptRecord,
): LogEntry[] {
  return record.logs.map((log, i) => ({
    address: log.address,
    topics: log.topics,
    data: log.data,
    logIndex: record.firstLogIndex + i,
    transactionIndex,
    transactionHash,
    blockNumber: header.number,
    blockHash: header.hash,
    blockTimestamp: header.timestamp,
  }));
}

/** Joins what is stored with what the block says. */
export function receiptOf(
  header: Header,
  transaction: Transaction,
  transactionIndex: number,
  record: ReceiptRecord,
): Receipt {
  return {
    type: transaction.type,
    status: record.status,
    cumulativeGasUsed: record.cumulativeGasUsed,
    gasUsed: record.gasUsed,
    effectiveGasPrice: effectiveGasPrice(transaction, header.baseFeePerGas),
    logsBloom: bytesToHex(logsBloom(record.logs)),
    logs: logEntries(header, transaction.hash, transactionIndex, record),
    contractAddress: record.contractAddress,
    transactionHash: transaction.hash,
    transactionIndex,
    blockHash: header.hash,
    blockNumber: header.number,
    from: transaction.from,
    to: transaction.to,
  };
}
