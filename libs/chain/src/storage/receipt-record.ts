import {
  type Address,
  bytesToHex,
  decodeRlpList,
  encodeRlp,
  hexToBytes,
  type RlpItem,
} from '@flotilla/common';
import type { Log } from '@flotilla/evm';
import { logsBloom } from '../block/bloom.js';
import {
  readAddress,
  readBytes,
  readHash,
  readList,
  readUint64,
  uint,
} from '../transaction/fields.js';

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

function logItems(logs: readonly Log[]): RlpItem[] {
  return logs.map((log) => [hexToBytes(log.address), log.topics.map(hexToBytes), log.data]);
}

/** As it is stored: without the bloom, which is computed from the logs. */
export function encodeReceiptRecord(record: ReceiptRecord): Uint8Array {
  return encodeRlp([
    uint(BigInt(record.status)),
    uint(record.gasUsed),
    uint(record.cumulativeGasUsed),
    uint(BigInt(record.firstLogIndex)),
    record.contractAddress === undefined ? new Uint8Array(0) : hexToBytes(record.contractAddress),
    logItems(record.logs),
  ]);
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

/** The consensus encoding (EIP-2718): what the receipts root commits to. */
export function encodeReceipt(
  type: number,
  record: Pick<ReceiptRecord, 'status' | 'cumulativeGasUsed' | 'logs'>,
  bloom: Uint8Array = logsBloom(record.logs),
): Uint8Array {
  const body = encodeRlp([
    uint(BigInt(record.status)),
    uint(record.cumulativeGasUsed),
    bloom,
    logItems(record.logs),
  ]);
  if (type === 0) return body;
  const out = new Uint8Array(body.length + 1);
  out[0] = type;
  out.set(body, 1);
  return out;
}
