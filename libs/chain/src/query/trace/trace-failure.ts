import { EvmError, EvmErrorCode } from '@flotilla/evm';
import { ChainError, ChainErrorCode } from '../../errors.js';

/** Why a trace ended early, in the chain's own errors. */
export function traceFailure(error: unknown): unknown {
  if (!(error instanceof EvmError)) return error;
  if (error.code === EvmErrorCode.Interrupted) {
    return new ChainError(ChainErrorCode.ExecutionTimeout, 'execution timeout', { cause: error });
  }
  if (error.code === EvmErrorCode.TraceTooLarge) {
    const data = error.data as { readonly limit: number };
    return new ChainError(ChainErrorCode.LimitExceeded, error.message, { data, cause: error });
  }
  return new ChainError(ChainErrorCode.InvalidCall, `tracing failed: ${error.message}`, {
    cause: error,
  });
}
