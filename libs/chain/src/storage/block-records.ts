import { bytesToHex, concatBytes, type Hash, hexToBytes, keccak256Hex } from '@flotilla/common';
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
import { packList } from './packed-list.js';
import { encodeReceiptRecord, type ReceiptRecord } from './receipt-record.js';

/** The sender is stored before the bytes: recovering it again would cost 50 µs a transaction. */
export function encodeStoredTransaction(tx: Transaction): Uint8Array {
  return concatBytes(hexToBytes(tx.from), tx.raw);
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
  return concatBytes(numberKey(number), numberKey(index).subarray(4));
}

export function decodeLocation(bytes: Uint8Array): { number: number; index: number } {
  const index = new DataView(bytes.buffer, bytes.byteOffset + 8, 4).getUint32(0);
  return { number: readNumberKey(bytes.subarray(0, 8)), index };
}

/** Everything that is kept of a block beside the state: header, body, receipts, both indexes, the head. */
export function putBlock(
  batch: WriteBatch,
  header: Header,
  transactions: readonly Transaction[],
  receipts: readonly ReceiptRecord[],
): void {
  const { number } = header;
  batch.put('blocks', headerKey(number), encodeHeader(header));
  batch.put('blocks', bodyKey(number), packList(transactions.map(encodeStoredTransaction)));
  batch.put('receipts', receiptsKey(number), packList(receipts.map(encodeReceiptRecord)));
  batch.put('indexes', blockHashKey(header.hash), numberKey(number));
  for (let i = 0; i < transactions.length; i++) {
    batch.put('indexes', transactionHashKey(transactions[i].hash), encodeLocation(number, i));
  }
  batch.put('meta', META.head, encodePointer(header));
}
