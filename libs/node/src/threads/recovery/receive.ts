import { type BatchItem, TransactionBatch, type TransactionReceiver } from '@flotilla/chain';
import type { Logger } from '@flotilla/common';
import { toJsonRpcError } from '@flotilla/rpc';
import type { RefusedItem } from '../ingress/messages.js';

/** What became of bytes that somebody sent. */
export interface Received {
  /** Bytes of a `TransactionBatch` with those that are transactions, in their order; undefined without any. */
  readonly batch: Uint8Array | undefined;
  /** Why the others are none, in their order. */
  readonly refused: readonly RefusedItem[];
}

/** Checks and recovers the senders, about 60 µs each. */
export function receiveAll(
  raws: readonly Uint8Array[],
  receiver: TransactionReceiver,
  logger: Logger,
): Received {
  const items: BatchItem[] = [];
  const refused: RefusedItem[] = [];
  for (const [index, raw] of raws.entries()) {
    try {
      items.push(receiver.receive(raw));
    } catch (error) {
      refused.push({ index, error: toJsonRpcError(error, logger) });
    }
  }
  const batch = items.length === 0 ? undefined : TransactionBatch.encode(items).bytes;
  return { batch, refused };
}
