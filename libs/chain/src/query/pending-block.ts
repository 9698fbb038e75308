import { withHash } from '../block/header.js';
import type { Block, Header } from '../block/types.js';
import { type BlockTemplate, completeHeader } from '../execution/template.js';
import type { Transaction } from '../transaction/types.js';
import type { Candidates } from '../txpool/candidates.js';

const MAX_TRANSACTIONS = 1000;

/** A picture of the next block: nothing is executed, so its roots are still those of the head. */
export function pendingBlock(head: Header, template: BlockTemplate, pool: Candidates): Block {
  const transactions: Transaction[] = [];
  let gas = 0n;
  for (let tx = pool.peek(); tx !== undefined; tx = pool.peek()) {
    if (transactions.length === MAX_TRANSACTIONS || gas + tx.gasLimit > template.gasLimit) break;
    gas += tx.gasLimit;
    transactions.push(tx);
    pool.next();
  }
  const { stateRoot, transactionsRoot, receiptsRoot, logsBloom, requestsHash } = head;
  const header = withHash(
    completeHeader(template, {
      stateRoot,
      transactionsRoot,
      receiptsRoot,
      logsBloom,
      requestsHash,
      gasUsed: 0n,
    }),
  );
  const size = transactions.reduce((sum, tx) => sum + tx.raw.length, 0);
  return { header, transactions, size };
}
