import { bigIntToMinimalBytes, bytesToHex, encodeRlp, type Hash } from '@flotilla/common';
import { trieRoot } from '@flotilla/state';
import { logsBloom } from '../block/bloom.js';
import type { Block, Header } from '../block/types.js';
import { impersonatedSender } from '../dev/impersonation.js';
import type { ChainReader } from '../storage/chain-reader.js';
import { encodeReceipt, type ReceiptRecord } from '../storage/receipt-record.js';
import { decodeTransaction } from '../transaction/decode.js';
import { recoverSender } from '../transaction/sender.js';

/**
 * What is wrong with a block: its own hash and number, its parent, its transactions with their senders and places in
 * the index, its receipts, and the roots and the bloom over them.
 * @throws ChainError, StoreError when something of it is missing or can't be read
 */
export function* blockProblems(
  block: Block,
  parent: Header | undefined,
  reader: ChainReader,
): Iterable<string> {
  const { header, transactions } = block;
  if (header.parentHash !== (parent?.hash ?? header.parentHash)) yield 'has another parent';
  if (reader.numberOf(header.hash) !== header.number) yield 'is not found by its hash';
  if (listRoot(transactions.map(({ raw }) => raw)) !== header.transactionsRoot) {
    yield 'has other transactions than its root says';
  }
  for (const [index, tx] of transactions.entries()) {
    const signed = decodeTransaction(tx.raw);
    if (
      signed.hash !== tx.hash ||
      (impersonatedSender(signed) ?? recoverSender(signed)) !== tx.from
    ) {
      yield `has another sender or hash of transaction ${index} on record`;
    }
    const place = reader.lookup(tx.hash)?.block;
    if (place?.number !== header.number || place.index !== index) {
      yield `has a transaction ${index} that is not found by its hash`;
    }
  }
  yield* receiptProblems(block, reader.receiptRecords(header.number));
}

function* receiptProblems(block: Block, records: readonly ReceiptRecord[]): Iterable<string> {
  const { header, transactions } = block;
  if (records.length !== transactions.length) {
    yield `has ${records.length} receipts for ${transactions.length} transactions`;
    return;
  }
  const encoded: Uint8Array[] = [];
  let gasUsed = 0n;
  let logs = 0;
  for (const [index, record] of records.entries()) {
    gasUsed += record.gasUsed;
    if (record.cumulativeGasUsed !== gasUsed || record.firstLogIndex !== logs) {
      yield `has a receipt ${index} that does not follow the one before`;
    }
    logs += record.logs.length;
    encoded.push(encodeReceipt(transactions[index].type, record));
  }
  if (gasUsed !== header.gasUsed) yield 'used another amount of gas than its receipts say';
  const bloom = bytesToHex(logsBloom(records.flatMap((record) => record.logs)));
  if (bloom !== header.logsBloom) yield 'has another bloom than its logs make';
  if (listRoot(encoded) !== header.receiptsRoot) yield 'has other receipts than its root says';
}

/** Root of the trie that maps RLP(index) to each item; not as the block's maker computes it. */
function listRoot(items: readonly Uint8Array[]): Hash {
  return trieRoot(
    items.map((item, i) => [encodeRlp(bigIntToMinimalBytes(BigInt(i))), item] as const),
  );
}
