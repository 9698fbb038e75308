import { FlotillaError } from '@flotilla/common';

/** Why a transaction can't be executed at all, or why an execution halted. */
export enum EvmErrorCode {
  // The transaction is invalid: nothing is executed and nobody pays.
  NonceTooLow = 'NONCE_TOO_LOW',
  NonceTooHigh = 'NONCE_TOO_HIGH',
  NonceOverflow = 'NONCE_OVERFLOW',
  SenderNotEoa = 'SENDER_NOT_EOA',
  InsufficientFunds = 'INSUFFICIENT_FUNDS',
  IntrinsicGasTooLow = 'INTRINSIC_GAS_TOO_LOW',
  FloorGasTooLow = 'FLOOR_GAS_TOO_LOW',
  BlockGasLimitExceeded = 'BLOCK_GAS_LIMIT_EXCEEDED',
  TransactionGasLimitExceeded = 'TRANSACTION_GAS_LIMIT_EXCEEDED',
  FeeCapTooLow = 'FEE_CAP_TOO_LOW',
  TipAboveFeeCap = 'TIP_ABOVE_FEE_CAP',
  InitCodeTooLarge = 'INIT_CODE_TOO_LARGE',
  UnsupportedTransactionType = 'UNSUPPORTED_TRANSACTION_TYPE',
  CreateNotAllowed = 'CREATE_NOT_ALLOWED',
  MissingAuthorizations = 'MISSING_AUTHORIZATIONS',
  MissingBlobs = 'MISSING_BLOBS',
  TooManyBlobs = 'TOO_MANY_BLOBS',
  InvalidBlobHash = 'INVALID_BLOB_HASH',
  BlobFeeCapTooLow = 'BLOB_FEE_CAP_TOO_LOW',
  InvalidSignature = 'INVALID_SIGNATURE',

  // The execution halts: the frame's gas is gone.
  OutOfGas = 'OUT_OF_GAS',
  StackUnderflow = 'STACK_UNDERFLOW',
  StackOverflow = 'STACK_OVERFLOW',
  InvalidJump = 'INVALID_JUMP',
  InvalidOpcode = 'INVALID_OPCODE',
  StaticViolation = 'STATIC_VIOLATION',
  ReturnDataOutOfBounds = 'RETURN_DATA_OUT_OF_BOUNDS',
  PrecompileFailure = 'PRECOMPILE_FAILURE',
  CodeTooLarge = 'CODE_TOO_LARGE',
  CodeStartsWithEf = 'CODE_STARTS_WITH_EF',
  CreateCollision = 'CREATE_COLLISION',

  // A call is refused: its caller gets the gas back.
  CallDepthExceeded = 'CALL_DEPTH_EXCEEDED',
  InsufficientBalance = 'INSUFFICIENT_BALANCE',

  // The caller's own limits.
  Interrupted = 'INTERRUPTED',
  SystemCallFailed = 'SYSTEM_CALL_FAILED',
  /** More than its budget; JSON-RPC says `LIMIT_EXCEEDED`. */
  TraceTooLarge = 'TRACE_TOO_LARGE',
}

export class EvmError extends FlotillaError<EvmErrorCode> {}
