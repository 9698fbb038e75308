import { ChainError, ChainErrorCode } from '../errors.js';

/** The first words are geth's; whoever sends blobs is also told why and what to send in their place. */
export function unsupportedType(type: number): ChainError {
  const words = 'transaction type not supported';
  const message =
    type === 3
      ? `${words}: blob transactions (type 3) need a blob market and a consensus layer, and this chain has neither; send type 2 with the data as calldata`
      : words;
  return new ChainError(ChainErrorCode.TransactionTypeNotSupported, message);
}
