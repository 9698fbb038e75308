import { FlotillaError } from '@flotilla/common';

/**
 * Why the chain refused something. The messages keep geth's wording, because wallets and tools match on it;
 * our own code matches on these.
 */
export enum ChainErrorCode {
  // Transactions: refused before they enter the pool.
  InvalidTransaction = 'INVALID_TRANSACTION',
  TransactionTypeNotSupported = 'TRANSACTION_TYPE_NOT_SUPPORTED',
  OversizedData = 'OVERSIZED_DATA',
  InitCodeTooLarge = 'INIT_CODE_TOO_LARGE',
  ExceedsBlockGasLimit = 'EXCEEDS_BLOCK_GAS_LIMIT',
  GasLimitTooHigh = 'GAS_LIMIT_TOO_HIGH',
  FeeCapTooHigh = 'FEE_CAP_TOO_HIGH',
  TipAboveFeeCap = 'TIP_ABOVE_FEE_CAP',
  InvalidSender = 'INVALID_SENDER',
  InvalidChainId = 'INVALID_CHAIN_ID',
  UnprotectedTransaction = 'UNPROTECTED_TRANSACTION',
  IntrinsicGasTooLow = 'INTRINSIC_GAS_TOO_LOW',
  FloorDataGasTooLow = 'FLOOR_DATA_GAS_TOO_LOW',
  EmptyAuthorizationList = 'EMPTY_AUTHORIZATION_LIST',
  SetCodeCreate = 'SET_CODE_CREATE',
  Underpriced = 'UNDERPRICED',
  ReplacementUnderpriced = 'REPLACEMENT_UNDERPRICED',
  AlreadyKnown = 'ALREADY_KNOWN',
  NonceTooLow = 'NONCE_TOO_LOW',
  NonceTooHigh = 'NONCE_TOO_HIGH',
  NonceMax = 'NONCE_MAX',
  InsufficientFunds = 'INSUFFICIENT_FUNDS',
  SenderNotEoa = 'SENDER_NOT_EOA',
  /** Not in the chain's `allow.senders`. */
  SenderNotAllowed = 'SENDER_NOT_ALLOWED',
  /** It creates a contract, and its sender is not in the chain's `allow.deployers`. */
  DeployerNotAllowed = 'DEPLOYER_NOT_ALLOWED',
  AccountLimitExceeded = 'ACCOUNT_LIMIT_EXCEEDED',
  PoolFull = 'POOL_FULL',
  /** With `failover`: no follower is there to keep what is sent. */
  NoFollower = 'NO_FOLLOWER',
  /** With `failover`: the follower was lost before it had confirmed; the transaction may still be mined. */
  FollowerLost = 'FOLLOWER_LOST',
  InflightLimit = 'INFLIGHT_LIMIT',
  OutOfOrderDelegated = 'OUT_OF_ORDER_DELEGATED',
  AuthorityReserved = 'AUTHORITY_RESERVED',
  // Calls and queries.
  ExecutionReverted = 'EXECUTION_REVERTED',
  ExecutionFailed = 'EXECUTION_FAILED',
  ExecutionTimeout = 'EXECUTION_TIMEOUT',
  GasRequiredExceedsAllowance = 'GAS_REQUIRED_EXCEEDS_ALLOWANCE',
  InvalidCall = 'INVALID_CALL',
  BlockNotFound = 'BLOCK_NOT_FOUND',
  /** Genesis executes nothing. */
  NotTraceable = 'NOT_TRACEABLE',
  /** Not one of `callTracer`, `prestateTracer`, `4byteTracer`, `noopTracer`. */
  UnknownTracer = 'UNKNOWN_TRACER',
  HistoryPruned = 'HISTORY_PRUNED',
  InvalidRange = 'INVALID_RANGE',
  LimitExceeded = 'LIMIT_EXCEEDED',
  /** The disk quota is used up: nothing more is taken or sealed until it is raised or space is freed. */
  DiskFull = 'DISK_FULL',
  // Blocks and the chain itself.
  InvalidBlock = 'INVALID_BLOCK',
  UnknownParent = 'UNKNOWN_PARENT',
  StaleEpoch = 'STALE_EPOCH',
  GenesisMismatch = 'GENESIS_MISMATCH',
  InvalidConfig = 'INVALID_CONFIG',
  CorruptChain = 'CORRUPT_CHAIN',
  FinalityMismatch = 'FINALITY_MISMATCH',
  Closed = 'CLOSED',
  // Development chains.
  SnapshotDropped = 'SNAPSHOT_DROPPED',
  InvalidTimestamp = 'INVALID_TIMESTAMP',
  TransactionNotFound = 'TRANSACTION_NOT_FOUND',
  /** It can't be dropped any more. */
  AlreadyMined = 'ALREADY_MINED',
}

/** What `data` holds, by code; codes not named here carry none. */
export interface ChainErrorData {
  /** `EXECUTION_REVERTED`: what the contract returned with REVERT. */
  readonly output?: Uint8Array;
  /** `EXECUTION_REVERTED`: the decoded `Error(string)` or `Panic(uint256)`, when it is one. */
  readonly reason?: string;
  /** `LIMIT_EXCEEDED`, `DISK_FULL`: the limit that was hit, or its name. */
  readonly limit?: number | string;
}

export class ChainError extends FlotillaError<ChainErrorCode, ChainErrorData> {}
