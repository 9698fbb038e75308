import type { BatchItem, TransactionReceiver } from '@flotilla/chain';
import type { Logger } from '@flotilla/common';
import { type JsonRpcErrorObject, toJsonRpcError } from '@flotilla/rpc';

/** What became of some bytes that somebody sent: a transaction with its sender, or why it is none. */
export type Received = BatchItem | { readonly error: JsonRpcErrorObject };

/** Checks and recovers the senders, about 60 µs each; in order. */
export function receiveAll(
  raws: readonly Uint8Array[],
  receiver: TransactionReceiver,
  logger: Logger,
): Received[] {
  return raws.map((raw) => {
    try {
      return receiver.receive(raw);
    } catch (error) {
      return { error: toJsonRpcError(error, logger) };
    }
  });
}
