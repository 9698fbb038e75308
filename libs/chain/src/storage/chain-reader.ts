import type { Hash } from '@flotilla/common';
import type { StateStore } from '@flotilla/state';
import { blockSize, encodeBlock } from '../block/block.js';
import { decodeHeader } from '../block/header.js';
import type { Block, Header, Receipt } from '../block/types.js';
import { ChainError, ChainErrorCode } from '../errors.js';
import type { Transaction, TransactionLookup } from '../transaction/types.js';
import { decodeStoredTransaction, storedTransactionHash } from './block-records.js';
import { blockHashKey, bodyKey, headerKey, readNumberKey, receiptsKey } from './keys.js';
import { LruCache } from './lru-cache.js';
import { PackedList } from './packed-list.js';
import { decodeReceiptRecord, type ReceiptRecord } from './receipt-record.js';
import { receiptOf } from './receipts.js';
import { locateTransaction, type TransactionLocation } from './transaction-index.js';

export interface ChainReaderModules {
  readonly store: StateStore;
  /** Number of the newest block that may be seen: a block is written before it is durable. */
  newest(): number;
}

/** Decoded transactions take about 1 KB each. */
const MAX_CACHED_TRANSACTIONS = 8192;
/** Of each kind of packed records. To copy and check a full block's costs half a millisecond, and polls come often. */
const MAX_PACKED_BYTES = 4 * 2 ** 20;

/** Reads blocks, receipts and transactions from the store. Needs no writer: worker threads build their own. */
export class ChainReader {
  readonly #modules: ChainReaderModules;
  readonly #headers = new LruCache<number, Header>(1024);
  readonly #blocks = new LruCache<number, Block>(
    MAX_CACHED_TRANSACTIONS,
    (block) => 1 + block.transactions.length,
  );
  readonly #bodies = packedCache();
  readonly #receipts = packedCache();

  constructor(modules: ChainReaderModules) {
    this.#modules = modules;
  }

  headerByNumber(number: number): Header | undefined {
    if (!this.#isVisible(number)) return undefined;
    const cached = this.#headers.get(number);
    if (cached !== undefined) return cached;
    const rlp = this.#modules.store.get('blocks', headerKey(number));
    if (rlp === undefined) return undefined;
    const header = decodeHeader(rlp);
    this.#headers.set(number, header);
    return header;
  }

  numberOf(hash: Hash): number | undefined {
    const record = this.#modules.store.get('indexes', blockHashKey(hash));
    if (record === undefined) return undefined;
    const number = readNumberKey(record);
    return this.#isVisible(number) ? number : undefined;
  }

  headerByHash(hash: Hash): Header | undefined {
    const number = this.numberOf(hash);
    return number === undefined ? undefined : this.headerByNumber(number);
  }

  blockByNumber(number: number): Block | undefined {
    const header = this.headerByNumber(number);
    if (header === undefined) return undefined;
    const cached = this.#blocks.get(number);
    if (cached !== undefined) return cached;
    const transactions = [...this.#body(number)].map(decodeStoredTransaction);
    const size = blockSize(header, transactions.map(rawOf));
    const block = { header, transactions, size };
    this.#blocks.set(number, block);
    return block;
  }

  rlpByNumber(number: number): Uint8Array | undefined {
    const header = this.headerByNumber(number);
    if (header === undefined) return undefined;
    return encodeBlock(
      header,
      [...this.#body(number)].map((stored) => stored.subarray(20)),
    );
  }

  /** Without decoding any of them. */
  transactionCount(number: number): number {
    return this.#blocks.get(number)?.transactions.length ?? this.#body(number).length;
  }

  /** Without decoding the block's other transactions. */
  transactionAt(number: number, index: number): Transaction | undefined {
    const cached = this.#blocks.get(number);
    if (cached !== undefined) return cached.transactions[index];
    const stored = this.#body(number).at(index);
    return stored === undefined ? undefined : decodeStoredTransaction(stored);
  }

  lookupAt(number: number, index: number): TransactionLookup | undefined {
    const header = this.headerByNumber(number);
    if (header === undefined) return undefined;
    const transaction = this.transactionAt(number, index);
    if (transaction === undefined) return undefined;
    const { hash, timestamp, baseFeePerGas } = header;
    return { transaction, block: { hash, number, timestamp, baseFeePerGas, index } };
  }

  lookup(hash: Hash): TransactionLookup | undefined {
    const location = this.#locate(hash);
    return location && this.lookupAt(location.number, location.index);
  }

  isMined(hash: Hash): boolean {
    return this.#locate(hash) !== undefined;
  }

  receipt(hash: Hash): Receipt | undefined {
    const location = this.#locate(hash);
    if (location === undefined) return undefined;
    const { number, index } = location;
    const record = this.packedReceipts(number).at(index);
    const transaction = this.transactionAt(number, index);
    if (record === undefined || transaction === undefined) throw missing('receipt', number);
    return receiptOf(this.#header(number), transaction, index, decodeReceiptRecord(record));
  }

  receiptsByNumber(number: number): Receipt[] | undefined {
    const block = this.blockByNumber(number);
    if (block === undefined) return undefined;
    const records = this.receiptRecords(number);
    return block.transactions.map((tx, i) => receiptOf(block.header, tx, i, records[i]));
  }

  receiptRecords(number: number): ReceiptRecord[] {
    return [...this.packedReceipts(number)].map(decodeReceiptRecord);
  }

  /** A block's receipts as they are stored, for those who need few of them. */
  packedReceipts(number: number): PackedList {
    const cached = this.#receipts.get(number);
    if (cached !== undefined) return cached;
    const record = this.#modules.store.get('receipts', receiptsKey(number));
    if (record === undefined) throw missing('receipts', number);
    const receipts = new PackedList(record);
    this.#receipts.set(number, receipts);
    return receipts;
  }

  /** Hashes of a block's transactions by position; the block is read once, when the first is asked for. */
  transactionHashes(number: number): (index: number) => Hash {
    const cached = this.#blocks.get(number);
    if (cached !== undefined) return (index) => cached.transactions[index].hash;
    let body: PackedList | undefined;
    return (index) => {
      body ??= this.#body(number);
      return storedTransactionHash(body.at(index)!);
    };
  }

  /** Encoded headers from `from` to `to`, both included: what log queries scan. */
  *headerRange(from: number, to: number): Iterable<readonly [number, Uint8Array]> {
    const last = Math.min(to, this.#modules.newest());
    if (last < from) return;
    const range = { gte: headerKey(from), lt: headerKey(last + 1) };
    for (const [key, rlp] of this.#modules.store.range('blocks', range)) {
      yield [readNumberKey(key.subarray(1)), rlp];
    }
  }

  /** A block that was just made needs no decoding. */
  remember(block: Block): void {
    this.#headers.set(block.header.number, block.header);
    this.#blocks.set(block.header.number, block);
  }

  /** Blocks were taken back: others may come in their place. */
  forget(): void {
    this.#headers.clear();
    this.#blocks.clear();
    this.#bodies.clear();
    this.#receipts.clear();
  }

  #isVisible(number: number): boolean {
    return Number.isSafeInteger(number) && number >= 0 && number <= this.#modules.newest();
  }

  #locate(hash: Hash): TransactionLocation | undefined {
    for (const location of locateTransaction(this.#modules.store, hash)) {
      const { number, index } = location;
      if (this.#isVisible(number) && this.transactionAt(number, index)?.hash === hash) {
        return location;
      }
    }
    return undefined;
  }

  #header(number: number): Header {
    const header = this.headerByNumber(number);
    if (header === undefined) throw missing('header', number);
    return header;
  }

  #body(number: number): PackedList {
    const cached = this.#bodies.get(number);
    if (cached !== undefined) return cached;
    const record = this.#modules.store.get('blocks', bodyKey(number));
    if (record === undefined) throw missing('body', number);
    const body = new PackedList(record);
    this.#bodies.set(number, body);
    return body;
  }
}

/** A small record may keep a whole slab of `allocateBytes` alive. */
const SLAB_BYTES = 64 * 1024;

const packedCache = () =>
  new LruCache<number, PackedList>(MAX_PACKED_BYTES, ({ byteLength }) =>
    Math.max(byteLength, SLAB_BYTES),
  );

const rawOf = (tx: Transaction) => tx.raw;

function missing(what: string, number: number): ChainError {
  return new ChainError(ChainErrorCode.CorruptChain, `block ${number} has no ${what} in the store`);
}
