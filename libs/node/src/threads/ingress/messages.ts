import type { NodeLimits } from '@flotilla/messaging';
import type { JsonRpcErrorObject, ParkedConnections, RemoteAnswer } from '@flotilla/rpc';
import type { LogMessage } from '../channel-logger.js';

/** Events of the chain that the ingress thread may want to hear of. */
export type WatchedEvent = 'block' | 'pendingTransaction';

/** What the ingress thread tells the writer. */
export type ToWriter =
  | {
      readonly kind: 'request';
      readonly id: number;
      readonly method: string;
      readonly params: readonly unknown[];
    }
  /** Bytes of a `TransactionBatch`. */
  | { readonly kind: 'submit'; readonly id: number; readonly batch: Uint8Array }
  | { readonly kind: 'watch'; readonly event: WatchedEvent; readonly isWatched: boolean }
  | { readonly kind: 'serving'; readonly port: number }
  | { readonly kind: 'not-serving'; readonly reason: string }
  /** The last word of a thread that was asked to close. */
  | { readonly kind: 'parked'; readonly connections: ParkedConnections }
  | LogMessage;

/** Those of a batch that were not let in. */
export interface RefusedItem {
  readonly index: number;
  readonly error: JsonRpcErrorObject;
}

/** What the writer tells the ingress thread. */
export type ToIngress =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: RemoteAnswer }
  | { readonly kind: 'submitted'; readonly id: number; readonly refused: readonly RefusedItem[] }
  | { readonly kind: 'block'; readonly number: number }
  | { readonly kind: 'limits'; readonly limits: NodeLimits }
  /** Bytes of a `TransactionBatch`. */
  | { readonly kind: 'pending'; readonly batch: Uint8Array }
  /** So many threads for calls at most. */
  | { readonly kind: 'workers'; readonly count: number }
  /** A follower hands the filters of HTTP clients, too, to its producer. */
  | { readonly kind: 'role'; readonly isFollower: boolean }
  | { readonly kind: 'close' };
