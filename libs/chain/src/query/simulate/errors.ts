import { FlotillaError } from '@flotilla/common';

/** Why `eth_simulateV1` refuses as a whole; each has its own JSON-RPC number in the specification. */
export enum SimulationErrorCode {
  NonceTooLow = 'SIMULATED_NONCE_TOO_LOW',
  NonceTooHigh = 'SIMULATED_NONCE_TOO_HIGH',
  FeeCapTooLow = 'SIMULATED_FEE_CAP_TOO_LOW',
  IntrinsicGasTooLow = 'SIMULATED_INTRINSIC_GAS_TOO_LOW',
  InsufficientFunds = 'SIMULATED_INSUFFICIENT_FUNDS',
  BlockGasLimitReached = 'SIMULATED_BLOCK_GAS_LIMIT_REACHED',
  /** A block's number is not above that of the block before. */
  BlockNumberOutOfOrder = 'SIMULATED_BLOCK_NUMBER_OUT_OF_ORDER',
  /** A block is older than the block before. */
  BlockTimeOutOfOrder = 'SIMULATED_BLOCK_TIME_OUT_OF_ORDER',
  InitCodeTooLarge = 'SIMULATED_INIT_CODE_TOO_LARGE',
  /** Too many blocks or calls, or too large an answer. */
  LimitExceeded = 'SIMULATION_LIMIT_EXCEEDED',
  Timeout = 'SIMULATION_TIMEOUT',
  InvalidTransaction = 'SIMULATED_TRANSACTION_INVALID',
}

export class SimulationError extends FlotillaError<SimulationErrorCode> {}
