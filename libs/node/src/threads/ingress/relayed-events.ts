import { type ChainView, TransactionBatch } from '@flotilla/chain';
import type { FeedEventMap, FeedEvents } from '@flotilla/rpc';
import type { WatchedEvent } from './messages.js';

/** Blocks that a subscription which was away is told of. */
const MAX_REPLAY = 128;

type Handlers = { [Name in WatchedEvent]: Set<(event: FeedEventMap[Name]) => void> };

/** The chain's events in the thread of those who subscribe; the writer sends only what somebody listens to. */
export class RelayedEvents implements FeedEvents {
  #told = 0;
  readonly #handlers: Handlers = { block: new Set(), pendingTransaction: new Set() };

  constructor(
    private readonly modules: {
      readonly view: ChainView;
      /** Lets the view see the newest block. */
      readonly follow: () => void;
      readonly watch: (event: WatchedEvent, isWatched: boolean) => void;
    },
  ) {}

  on<Name extends WatchedEvent>(
    name: Name,
    handler: (event: FeedEventMap[Name]) => void,
  ): () => void {
    const handlers = this.#handlers[name];
    handlers.add(handler);
    if (handlers.size === 1) {
      if (name === 'block') this.#told = this.#head();
      this.modules.watch(name, true);
    }
    return () => {
      if (handlers.delete(handler) && handlers.size === 0) this.modules.watch(name, false);
    };
  }

  /** The last block that handlers were told of. */
  get told(): number {
    return this.#told;
  }

  *blocksAfter(block: number): Iterable<FeedEventMap['block']> {
    const head = this.#head();
    for (let number = Math.max(block + 1, head - MAX_REPLAY); number <= head; number++) {
      const sealed = this.#sealed(number);
      if (sealed !== undefined) yield sealed;
    }
  }

  /** A block that the view shows already. */
  block(number: number): void {
    this.#told = number;
    const sealed = this.#sealed(number);
    if (sealed === undefined) return;
    for (const handler of this.#handlers.block) handler(sealed);
  }

  #head(): number {
    this.modules.follow();
    return this.modules.view.head().number;
  }

  #sealed(number: number): FeedEventMap['block'] | undefined {
    const { view } = this.modules;
    const header = view.headerByNumber(number);
    if (header === undefined) return undefined;
    return {
      block: { header },
      get receipts() {
        return view.receiptsByNumber(number) ?? [];
      },
    };
  }

  pending(batch: Uint8Array): void {
    for (const transaction of new TransactionBatch(batch)) {
      for (const handler of this.#handlers.pendingTransaction) handler(transaction);
    }
  }
}
