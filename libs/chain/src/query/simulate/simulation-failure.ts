import { EvmError, EvmErrorCode } from '@flotilla/evm';
import { SimulationError, SimulationErrorCode } from './errors.js';

const CODES: Partial<Record<EvmErrorCode, SimulationErrorCode>> = {
  [EvmErrorCode.NonceTooLow]: SimulationErrorCode.NonceTooLow,
  [EvmErrorCode.NonceTooHigh]: SimulationErrorCode.NonceTooHigh,
  [EvmErrorCode.FeeCapTooLow]: SimulationErrorCode.FeeCapTooLow,
  [EvmErrorCode.IntrinsicGasTooLow]: SimulationErrorCode.IntrinsicGasTooLow,
  [EvmErrorCode.FloorGasTooLow]: SimulationErrorCode.IntrinsicGasTooLow,
  [EvmErrorCode.InsufficientFunds]: SimulationErrorCode.InsufficientFunds,
  [EvmErrorCode.BlockGasLimitExceeded]: SimulationErrorCode.BlockGasLimitReached,
  [EvmErrorCode.InitCodeTooLarge]: SimulationErrorCode.InitCodeTooLarge,
  [EvmErrorCode.TraceTooLarge]: SimulationErrorCode.LimitExceeded,
};

/** Why the simulation ended early, in its own errors. */
export function simulationFailure(error: unknown): unknown {
  if (!(error instanceof EvmError)) return error;
  if (error.code === EvmErrorCode.Interrupted) {
    return new SimulationError(SimulationErrorCode.Timeout, 'execution aborted (timeout)', {
      cause: error,
    });
  }
  const code = CODES[error.code] ?? SimulationErrorCode.InvalidTransaction;
  return new SimulationError(code, `err: ${error.message}`, { cause: error });
}
