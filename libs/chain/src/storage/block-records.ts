import {
  bytesToHex,
  concatBytes,
  type Hash,
  hexToBytes,
  keccak256Hex,
  type RlpWriter,
} from '@flotilla/common';
import type { WriteBatch } from '@flotilla/state';
import { encodeHeader } from '../block/header.js';
import type { Header } from '../block/types.js';
import { recoveredTransaction } from '../transaction/recovered.js';
import type { Transaction } from '../transaction/types.js';
import {
  blockHashKey,
  bodyKey,
  headerKey,
  META,
  numberKey,
  readNumberKey,
  receiptsKey,
  transactionHashKey,
} from './keys.js';
import { PackedListWriter } from './packed-list.js';
import { type ReceiptRecord, writeReceiptRecord } from './receipt-record.js';

/** The sender is stored before the bytes: recovering it again would cost 50 µs a transaction. */
function writeStoredTransaction(writer: RlpWriter, tx: Transaction): void {
  writer.rawHex(tx.from);
  writer.raw(tx.raw);
}

export function decodeStoredTransaction(bytes: Uint8Array): Transaction {
  const raw = bytes.subarray(20);
  return recoveredTransaction(raw, keccak256Hex(raw), bytesToHex(bytes.subarray(0, 20)));
}

/** A block that a tag points at. */
export interface BlockPointer {
  readonly number: number;
  readonly hash: Hash;
}

export function encodePointer(pointer: BlockPointer): Uint8Array {
  return concatBytes(numberKey(pointer.number), hexToBytes(pointer.hash));
}

export function decodePointer(bytes: Uint8Array): BlockPointer {
  return { number: readNumberKey(bytes.subarray(0, 8)), hash: bytesToHex(bytes.subarray(8)) };
}

export function encodeLocation(number: number, index: number): Uint8Array {
  const location = new Uint8Array(12);
  const view = new DataView(location.buffer);
  view.setUint32(0, Math.floor(number / 0x1_0000_0000));
  view.setUint32(4, number >>> 0);
  view.setUint32(8, index);
  return location;
}

export function decodeLocation(bytes: Uint8Array): { number: number; index: number } {
  const index = new DataView(bytes.buffer, bytes.byteOffset + 8, 4).getUint32(0);
  return { number: readNumberKey(bytes.subarray(0, 8)), index };
}

/** A block's transactions and receipts as they are stored, made while the block is executed. */
export class BodyRecords {
  readonly #transactions = new PackedListWriter();
  readonly #receipts = new PackedListWriter();

  add(tx: Transaction, receipt: ReceiptRecord): void {
    writeStoredTransaction(this.#transactions.items, tx);
    this.#transactions.endItem();
    writeReceiptRecord(this.#receipts.items, receipt);
    this.#receipts.endItem();
  }

  put(batch: WriteBatch, number: number): void {
    batch.put('blocks', bodyKey(number), this.#transactions.finish());
    batch.put('receipts', receiptsKey(number), this.#receipts.finish());
  }
}

/** Everything that is kept of a block beside the state: header, body, receipts, both indexes, the head. */
export function putBlock(
  batch: WriteBatch,
  header: Header,
  transactions: readonly Transaction[],
  body: BodyRecords,
): void {
  const { number } = header;
  batch.put('blocks', headerKey(number), encodeHeader(header));
  body.put(batch, number);
  batch.put('indexes', blockHashKey(header.hash), numberKey(number));
  for (let i = 0; i < transactions.length; i++) {
    batch.put('indexes', transactionHashKey(transactions[i].hash), encodeLocation(number, i));
  }
  batch.put('meta', META.head, encodePointer(header));
}
