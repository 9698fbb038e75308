import type { ReceiptRecord } from '../storage/receipt-record.js';
import { receiptOf } from '../storage/receipts.js';
import type { Transaction } from '../transaction/types.js';
import { blockSize, encodeBlock } from './block.js';
import { decodeEpoch } from './header.js';
import type { Block, Header, Receipt, SealedBlock } from './types.js';

/** A block just made. Its encoding and receipts are joined only when somebody asks: at full rate nobody may. */
export class NewBlock implements SealedBlock {
  readonly block: Block;
  #rlp: Uint8Array | undefined;
  readonly #records: readonly ReceiptRecord[];
  #receipts: Receipt[] | undefined;

  constructor(
    header: Header,
    transactions: readonly Transaction[],
    records: readonly ReceiptRecord[],
  ) {
    this.block = { header, transactions, size: blockSize(header, transactions.map(rawOf)) };
    this.#records = records;
  }

  get rlp(): Uint8Array {
    const { header, transactions } = this.block;
    this.#rlp ??= encodeBlock(header, transactions.map(rawOf));
    return this.#rlp;
  }

  get epoch(): number {
    return decodeEpoch(this.block.header.extraData) ?? 0;
  }

  get receipts(): readonly Receipt[] {
    const { header, transactions } = this.block;
    this.#receipts ??= transactions.map((tx, i) => receiptOf(header, tx, i, this.#records[i]));
    return this.#receipts;
  }
}

const rawOf = (tx: Transaction) => tx.raw;
