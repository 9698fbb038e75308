import { type Address, bytesToHex, decodeRlpList, EMPTY_BYTES, RlpWriter } from '@flotilla/common';
import type { Log } from '@flotilla/evm';
import { addLogs, BLOOM_BYTES } from '../block/bloom.js';
import { readAddress, readBytes, readHash, readList, readUint64 } from '../transaction/fields.js';

/** What execution adds to a transaction: all that a receipt can't take from the block. */
export interface ReceiptRecord {
  readonly status: 0 | 1;
  readonly gasUsed: bigint;
  readonly cumulativeGasUsed: bigint;
  /** Logs of the block before this transaction. */
  readonly firstLogIndex: number;
  readonly contractAddress: Address | undefined;
  readonly logs: readonly Log[];
}

function writeLogs(writer: RlpWriter, logs: readonly Log[]): void {
  const list = writer.beginList();
  for (const { address, topics, data } of logs) {
    const log = writer.beginList();
    writer.hexString(address);
    const topicList = writer.beginList();
    for (const topic of topics) writer.hexString(topic);
    writer.endList(topicList);
    writer.string(data);
    writer.endList(log);
  }
  writer.endList(list);
}

/** As it is stored: without the bloom, which is computed from the logs. */
export function writeReceiptRecord(writer: RlpWriter, record: ReceiptRecord): void {
  const list = writer.beginList();
  writer.uint(BigInt(record.status));
  writer.uint(record.gasUsed);
  writer.uint(record.cumulativeGasUsed);
  writer.uint(BigInt(record.firstLogIndex));
  if (record.contractAddress === undefined) writer.string(EMPTY_BYTES);
  else writer.hexString(record.contractAddress);
  writeLogs(writer, record.logs);
  writer.endList(list);
}

export function decodeReceiptRecord(bytes: Uint8Array): ReceiptRecord {
  const items = decodeRlpList(bytes);
  const contract = readBytes(items[4]);
  return {
    status: readUint64(items[0]) === 1n ? 1 : 0,
    gasUsed: readUint64(items[1]),
    cumulativeGasUsed: readUint64(items[2]),
    firstLogIndex: Number(readUint64(items[3])),
    contractAddress: contract.length === 0 ? undefined : bytesToHex(contract),
    logs: readList(items[5]).map((item) => {
      const fields = readList(item);
      return {
        address: readAddress(fields[0]),
        topics: readList(fields[1]).map(readHash),
        data: readBytes(fields[2]),
      };
    }),
  };
}

type ReceiptContent = Pick<ReceiptRecord, 'status' | 'cumulativeGasUsed' | 'logs'>;

/** The consensus encoding (EIP-2718): what the receipts root commits to. */
export function writeReceipt(writer: RlpWriter, type: number, receipt: ReceiptContent): void {
  if (type !== 0) writer.byte(type);
  const list = writer.beginList();
  writer.uint(BigInt(receipt.status));
  writer.uint(receipt.cumulativeGasUsed);
  const bloom = writer.zeros(BLOOM_BYTES);
  if (receipt.logs.length > 0) addLogs(writer.view(), bloom, receipt.logs);
  writeLogs(writer, receipt.logs);
  writer.endList(list);
}

export function encodeReceipt(type: number, receipt: ReceiptContent): Uint8Array {
  const writer = new RlpWriter();
  writeReceipt(writer, type, receipt);
  return writer.view().slice();
}
