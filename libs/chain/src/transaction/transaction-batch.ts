import { type Address, bytesToHex, type Hash, hexToBytes } from '@flotilla/common';
import { ChainError, ChainErrorCode } from '../errors.js';
import { recoveredTransaction } from './recovered.js';
import type { Transaction } from './types.js';

/** A transaction that was decoded, checked and whose sender was recovered: what a batch carries of it. */
export interface BatchItem {
  readonly raw: Uint8Array;
  /** 32 bytes. */
  readonly hash: Uint8Array;
  /** 20 bytes. */
  readonly sender: Uint8Array;
}

const HASH_BYTES = 32;
const SENDER_BYTES = 20;
const FIXED_BYTES = 4 + HASH_BYTES + SENDER_BYTES;

/**
 * Transactions with their hashes and senders in one piece of memory: how they travel from the thread that recovered
 * the senders to the chain, and how the journal keeps them, so that a replay needs no recovery. Big-endian: count
 * (u32), where each encoding ends (u32 each, from the first one's start), hashes, senders, encodings. What it says is
 * believed: it comes from our own threads and from records with a checksum.
 */
export class TransactionBatch {
  /** All of it; as long as its buffer if `encode` made it, which can then be transferred. */
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly #view: DataView;
  readonly #rawStart: number;

  /** @throws ChainError `INVALID_TRANSACTION` when the bytes are no batch */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.length = bytes.length < 4 ? 0 : this.#view.getUint32(0);
    this.#rawStart = 4 + FIXED_BYTES * this.length;
    if (
      this.length === 0 ||
      this.#rawStart > bytes.length ||
      this.#end(this.length - 1) !== bytes.length
    ) {
      throw new ChainError(ChainErrorCode.InvalidTransaction, 'a transaction batch is cut short');
    }
  }

  static encode(items: readonly BatchItem[]): TransactionBatch {
    let length = 4 + FIXED_BYTES * items.length;
    const rawStart = length;
    for (const { raw } of items) length += raw.length;
    const bytes = new Uint8Array(length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, items.length);
    const hashes = 4 + 4 * items.length;
    const senders = hashes + HASH_BYTES * items.length;
    let at = rawStart;
    for (let i = 0; i < items.length; i++) {
      const { raw, hash, sender } = items[i];
      bytes.set(hash, hashes + HASH_BYTES * i);
      bytes.set(sender, senders + SENDER_BYTES * i);
      bytes.set(raw, at);
      at += raw.length;
      view.setUint32(4 + 4 * i, at - rawStart);
    }
    return new TransactionBatch(bytes);
  }

  static of(transactions: readonly Transaction[]): TransactionBatch {
    return TransactionBatch.encode(
      transactions.map(({ raw, hash, from }) => ({
        raw,
        hash: hexToBytes(hash),
        sender: hexToBytes(from),
      })),
    );
  }

  /** So many from the first on; all of them are this batch itself. */
  first(count: number): TransactionBatch {
    if (count >= this.length) return this;
    return TransactionBatch.of(
      Array.from({ length: count }, (_, index) => this.transaction(index)),
    );
  }

  /** A view. */
  raw(index: number): Uint8Array {
    const start = index === 0 ? this.#rawStart : this.#end(index - 1);
    return this.bytes.subarray(start, this.#end(index));
  }

  hash(index: number): Hash {
    const at = 4 + 4 * this.length + HASH_BYTES * index;
    return bytesToHex(this.bytes.subarray(at, at + HASH_BYTES));
  }

  sender(index: number): Address {
    const at = 4 + (4 + HASH_BYTES) * this.length + SENDER_BYTES * index;
    return bytesToHex(this.bytes.subarray(at, at + SENDER_BYTES));
  }

  /** Keeps views into the batch, which must not be changed afterwards. */
  transaction(index: number): Transaction {
    return recoveredTransaction(this.raw(index), this.hash(index), this.sender(index));
  }

  *[Symbol.iterator](): IterableIterator<Transaction> {
    for (let i = 0; i < this.length; i++) yield this.transaction(i);
  }

  #end(index: number): number {
    return this.#rawStart + this.#view.getUint32(4 + 4 * index);
  }
}
