import {
  bloomMatcher,
  type Header,
  type LogEntry,
  type Receipt,
  type Transaction,
} from '@flotilla/chain';
import { hexToBytes } from '@flotilla/common';
import { formatHeader } from '../format/block.js';
import { formatLog } from '../format/receipt.js';
import { formatTransaction } from '../format/transaction.js';
import type { LogCriteria } from '../params/log-filter.js';
import type { Feed, Push } from '../session.js';
import { logMatcher } from './log-matcher.js';

interface LogSubscriber {
  /** Whether a block of that bloom may have something for it. */
  readonly mayMatch: (bloom: Uint8Array) => boolean;
  readonly matches: (log: LogEntry) => boolean;
  readonly push: Push;
}

/** The chain's events that somebody can subscribe to. */
export interface FeedEventMap {
  /** Receipts may be read only when they are asked for: not everybody wants logs. */
  readonly block: {
    readonly block: { readonly header: Header };
    readonly receipts: readonly Receipt[];
  };
  readonly pendingTransaction: Transaction;
}

/** Where they come from: the chain itself, or what relays them to another thread. */
export interface FeedEvents {
  on<Name extends keyof FeedEventMap>(
    name: Name,
    handler: (event: FeedEventMap[Name]) => void,
  ): () => void;
  /** The durable blocks after that one, oldest first. */
  blocksAfter?(block: number): Iterable<FeedEventMap['block']>;
}

/**
 * What happens on the chain, for any number of subscribers; each event becomes JSON once. Listens only while somebody
 * subscribes.
 */
export class ChainFeeds {
  readonly #heads = new Set<Push>();
  readonly #logs = new Set<LogSubscriber>();
  readonly #pendingHashes = new Set<Push>();
  readonly #pendingTransactions = new Set<Push>();
  readonly #blocks: Listening;
  readonly #pendings: Listening;

  constructor(private readonly events: FeedEvents) {
    this.#blocks = new Listening(() => events.on('block', (sealed) => this.#block(sealed)));
    this.#pendings = new Listening(() =>
      events.on('pendingTransaction', (tx) => this.#pending(tx)),
    );
  }

  readonly newHeads: Feed = Object.assign((push: Push) => this.#blocks.join(this.#heads, push), {
    since: (block: number, push: Push) => {
      for (const sealed of this.#blocksAfter(block)) {
        push(JSON.stringify(formatHeader(sealed.block.header)));
      }
    },
  });

  newPendingTransactions(full: boolean): Feed {
    return (push) =>
      this.#pendings.join(full ? this.#pendingTransactions : this.#pendingHashes, push);
  }

  logs(criteria: LogCriteria): Feed {
    const matches = logMatcher(criteria);
    const mayMatch = bloomMatcher(criteria);
    const join = (push: Push) => this.#blocks.join(this.#logs, { mayMatch, matches, push });
    return Object.assign(join, {
      since: (block: number, push: Push) => {
        for (const sealed of this.#blocksAfter(block)) {
          this.#tellLogs(sealed, [{ mayMatch, matches, push }]);
        }
      },
    });
  }

  #blocksAfter(block: number): Iterable<FeedEventMap['block']> {
    return this.events.blocksAfter?.(block) ?? [];
  }

  #block(sealed: FeedEventMap['block']): void {
    if (this.#heads.size > 0) {
      const text = JSON.stringify(formatHeader(sealed.block.header));
      for (const push of this.#heads) push(text);
    }
    if (this.#logs.size > 0) this.#tellLogs(sealed, [...this.#logs]);
  }

  /** The receipts of a block that can't have what anybody wants are not even read. */
  #tellLogs(sealed: FeedEventMap['block'], all: readonly LogSubscriber[]): void {
    const bloom = hexToBytes(sealed.block.header.logsBloom);
    const subscribers = all.filter(({ mayMatch }) => mayMatch(bloom));
    if (subscribers.length === 0) return;
    for (const { logs } of sealed.receipts) for (const log of logs) tellLog(log, subscribers);
  }

  #pending(transaction: Transaction): void {
    if (this.#pendingHashes.size > 0) {
      const text = `"${transaction.hash}"`;
      for (const push of this.#pendingHashes) push(text);
    }
    if (this.#pendingTransactions.size === 0) return;
    const text = JSON.stringify(formatTransaction({ transaction, block: undefined }));
    for (const push of this.#pendingTransactions) push(text);
  }
}

function tellLog(log: LogEntry, subscribers: readonly LogSubscriber[]): void {
  let text: string | undefined;
  for (const { matches, push } of subscribers) {
    if (!matches(log)) continue;
    text ??= JSON.stringify(formatLog(log));
    push(text);
  }
}

/** Listens from the first member's coming to the last one's leaving. */
class Listening {
  readonly #begin: () => () => void;
  #members = 0;
  #end = () => {};

  constructor(begin: () => () => void) {
    this.#begin = begin;
  }

  join<Member>(members: Set<Member>, member: Member): () => void {
    members.add(member);
    if (this.#members++ === 0) this.#end = this.#begin();
    return () => {
      if (members.delete(member) && --this.#members === 0) this.#end();
    };
  }
}
