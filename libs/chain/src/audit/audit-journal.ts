import { FlotillaError } from '@flotilla/common';
import type { StateStore } from '@flotilla/state';
import { loadHead } from '../genesis/open-store.js';
import { ChainReader } from '../storage/chain-reader.js';
import { decodeTransaction } from '../transaction/decode.js';
import { recoverSender } from '../transaction/sender.js';
import { TransactionBatch } from '../transaction/transaction-batch.js';

export interface JournalAudit {
  readonly transactions: number;
  /** Those that are in no block yet. */
  readonly waiting: number;
}

/** Checks each transaction of a journal's records against the hash and the sender that stand with it. @throws ChainError `CORRUPT_CHAIN` */
export function auditJournal(
  records: Iterable<Uint8Array>,
  store: StateStore,
  problem: (what: string) => void,
): JournalAudit {
  const { number: newest } = loadHead(store);
  const reader = new ChainReader({ store, newest: () => newest });
  let transactions = 0;
  let waiting = 0;
  let number = 0;
  for (const record of records) {
    number++;
    try {
      const batch = new TransactionBatch(record);
      for (let i = 0; i < batch.length; i++) {
        transactions++;
        const signed = decodeTransaction(batch.raw(i));
        const isRight = signed.hash === batch.hash(i) && recoverSender(signed) === batch.sender(i);
        if (!isRight) problem(`record ${number} has another sender or hash of transaction ${i}`);
        if (!reader.isMined(signed.hash)) waiting++;
      }
    } catch (error) {
      if (!(error instanceof FlotillaError)) throw error;
      problem(`record ${number}: ${error.message} [${error.code}]`);
    }
  }
  return { transactions, waiting };
}
