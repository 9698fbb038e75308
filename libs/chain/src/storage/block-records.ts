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
} from './keys.js';
import { PackedListWriter } from './packed-list.js';
import { type ReceiptRecord, writeReceiptRecord } from './receipt-record.js';

/** The sender is stored before the bytes: recovering it again would cost 50 µs a transaction. */
function writeStoredTransaction(writer: RlpWriter, tx: Transaction): void {
  writer.rawHex(tx.from);
  writer.raw(tx.raw);
}

const rawOf = (stored: Uint8Array) => stored.subarray(20);

/** Without decoding it. */
export const storedTransactionHash = (bytes: Uint8Array): Hash => keccak256Hex(rawOf(bytes));

export function decodeStoredTransaction(bytes: Uint8Array): Transaction {
  const raw = rawOf(bytes);
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

/** What is kept of a block beside the state and the index of transactions: header, body, receipts, hash, the head. */
export function putBlock(batch: WriteBatch, header: Header, body: BodyRecords): void {
  const { number } = header;
  batch.put('blocks', headerKey(number), encodeHeader(header));
  body.put(batch, number);
  batch.put('indexes', blockHashKey(header.hash), numberKey(number));
  batch.put('meta', META.head, encodePointer(header));
}
