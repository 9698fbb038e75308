import type { Hash } from '@flotilla/common';
import type { Header, SealedBlock } from './block/types.js';
import type { SealingConfig } from './config.js';
import type { Tampering } from './dev/tampering.js';
import type { ChainErrorCode } from './errors.js';
import type { Transaction } from './transaction/types.js';

export interface DroppedTransaction {
  readonly hash: Hash;
  readonly code: ChainErrorCode;
  readonly reason: string;
}

/** What happens on the chain, in order. Handlers run synchronously. */
export interface ChainEvents {
  /** A block is durable and is `latest`. */
  block: SealedBlock;
  /** A transaction is journaled and executable. */
  pendingTransaction: Transaction;
  /** A pooled transaction was proven invalid, or replaced. */
  droppedTransaction: DroppedTransaction;
  safe: Header;
  finalized: Header;
  /** A development chain's blocks, state or clock are others than they were: whoever keeps copies drops them. */
  rewritten: Header;
  /** A development chain's users bent its state or history for the first time. */
  tampered: Tampering;
  /** When blocks are made may have changed. */
  sealing: SealingConfig;
  /** There may be something to seal. For those alone who seal it at once: while one listens, a send may wait for its block. */
  work: undefined;
  /** Something is executable that was not. */
  pooled: undefined;
}

type Handler<Event> = (event: Event) => void;

/** A typed emitter: `on` returns the function that unsubscribes. What a handler throws stops nobody else. */
export class EventEmitter<Events> {
  readonly #handlers = new Map<keyof Events, Set<Handler<never>>>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  on<Name extends keyof Events>(name: Name, handler: Handler<Events[Name]>): () => void {
    let handlers = this.#handlers.get(name);
    if (handlers === undefined) {
      handlers = new Set();
      this.#handlers.set(name, handlers);
    }
    handlers.add(handler);
    return () => handlers.delete(handler);
  }

  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    const handlers = this.#handlers.get(name) as Set<Handler<Events[Name]>> | undefined;
    if (handlers === undefined) return;
    for (const handler of [...handlers]) {
      try {
        handler(event);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  listenerCount(name: keyof Events): number {
    return this.#handlers.get(name)?.size ?? 0;
  }
}
