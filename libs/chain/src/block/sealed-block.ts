import type { ReceiptRecord } from '../storage/receipt-record.js';
import { receiptOf } from '../storage/receipts.js';
import type { Transaction } from '../transaction/types.js';
import { encodeBlock } from './block.js';
import { decodeEpoch } from './header.js';
import type { Block, Header, Receipt, SealedBlock } from './types.js';

/** A block just made. Receipts are joined only when somebody asks: at full rate nobody may. */
export class NewBlock implements SealedBlock {
  readonly block: Block;
  readonly rlp: Uint8Array;
  readonly #records: readonly ReceiptRecord[];
  #receipts: Receipt[] | undefined;

  constructor(
    header: Header,
    transactions: readonly Transaction[],
    records: readonly ReceiptRecord[],
  ) {
    this.rlp = encodeBlock(
      header,
      transactions.map((tx) => tx.raw),
    );
    this.block = { header, transactions, size: this.rlp.length };
    this.#records = records;
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
