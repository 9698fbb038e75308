import type { Blockchain, LogEntry, SealedBlock, Transaction } from '@flotilla/chain';
import { formatHeader } from '../format/block.js';
import { formatLog } from '../format/receipt.js';
import { formatTransaction } from '../format/transaction.js';
import type { LogCriteria } from '../params/log-filter.js';
import type { Feed, Push } from '../session.js';
import { logMatcher } from './log-matcher.js';

interface LogSubscriber {
  readonly matches: (log: LogEntry) => boolean;
  readonly push: Push;
}

/** What happens on the chain, for any number of subscribers; each event becomes JSON once. */
export class ChainFeeds {
  readonly #heads = new Set<Push>();
  readonly #logs = new Set<LogSubscriber>();
  readonly #pendingHashes = new Set<Push>();
  readonly #pendingTransactions = new Set<Push>();

  constructor(chain: Blockchain) {
    chain.events.on('block', (sealed) => this.#block(sealed));
    chain.events.on('pendingTransaction', (transaction) => this.#pending(transaction));
  }

  readonly newHeads: Feed = (push) => join(this.#heads, push);

  newPendingTransactions(full: boolean): Feed {
    return (push) => join(full ? this.#pendingTransactions : this.#pendingHashes, push);
  }

  logs(criteria: LogCriteria): Feed {
    const matches = logMatcher(criteria);
    return (push) => join(this.#logs, { matches, push });
  }

  #block({ block, receipts }: SealedBlock): void {
    if (this.#heads.size > 0) {
      const text = JSON.stringify(formatHeader(block.header));
      for (const push of this.#heads) push(text);
    }
    if (this.#logs.size === 0) return;
    for (const receipt of receipts) for (const log of receipt.logs) this.#log(log);
  }

  #log(log: LogEntry): void {
    let text: string | undefined;
    for (const { matches, push } of this.#logs) {
      if (!matches(log)) continue;
      text ??= JSON.stringify(formatLog(log));
      push(text);
    }
  }

  #pending(transaction: Transaction): void {
    for (const push of this.#pendingHashes) push(`"${transaction.hash}"`);
    if (this.#pendingTransactions.size === 0) return;
    const text = JSON.stringify(formatTransaction({ transaction, block: undefined }));
    for (const push of this.#pendingTransactions) push(text);
  }
}

function join<Member>(members: Set<Member>, member: Member): () => void {
  members.add(member);
  return () => members.delete(member);
}
