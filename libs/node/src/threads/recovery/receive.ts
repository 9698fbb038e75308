import { type BatchItem, receiveTransaction } from '@flotilla/chain';
import { hexToBytes, type Logger } from '@flotilla/common';
import { type JsonRpcErrorObject, toJsonRpcError } from '@flotilla/rpc';

/** What became of some bytes that somebody sent: a transaction with its sender, or why it is none. */
export type Received = BatchItem | { readonly error: JsonRpcErrorObject };

/** Decodes, checks and recovers the senders, about 70 µs each; in order. */
export function receiveAll(
  raws: readonly Uint8Array[],
  chainId: bigint,
  logger: Logger,
): Received[] {
  return raws.map((raw) => {
    try {
      const { hash, from } = receiveTransaction(raw, chainId);
      return { raw, hash: hexToBytes(hash), sender: hexToBytes(from) };
    } catch (error) {
      return { error: toJsonRpcError(error, logger) };
    }
  });
}
