import { type ChainView, TransactionBatch } from '@flotilla/chain';
import type { FeedEventMap, FeedEvents } from '@flotilla/rpc';
import type { WatchedEvent } from './messages.js';

type Handlers = { [Name in WatchedEvent]: Set<(event: FeedEventMap[Name]) => void> };

/** The chain's events in the thread of those who subscribe; the writer sends only what somebody listens to. */
export class RelayedEvents implements FeedEvents {
  readonly #handlers: Handlers = { block: new Set(), pendingTransaction: new Set() };

  constructor(
    private readonly modules: {
      readonly view: ChainView;
      readonly watch: (event: WatchedEvent, isWatched: boolean) => void;
    },
  ) {}

  on<Name extends WatchedEvent>(
    name: Name,
    handler: (event: FeedEventMap[Name]) => void,
  ): () => void {
    const handlers = this.#handlers[name];
    handlers.add(handler);
    if (handlers.size === 1) this.modules.watch(name, true);
    return () => {
      if (handlers.delete(handler) && handlers.size === 0) this.modules.watch(name, false);
    };
  }

  /** A block that the view shows already. */
  block(number: number): void {
    const { view } = this.modules;
    const block = view.blockByNumber(number);
    if (block === undefined) return;
    const sealed = {
      block,
      get receipts() {
        return view.receiptsByNumber(number) ?? [];
      },
    };
    for (const handler of this.#handlers.block) handler(sealed);
  }

  pending(batch: Uint8Array): void {
    for (const transaction of new TransactionBatch(batch)) {
      for (const handler of this.#handlers.pendingTransaction) handler(transaction);
    }
  }
}
