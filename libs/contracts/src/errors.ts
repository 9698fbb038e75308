import { FlotillaError } from '@flotilla/common';

/**
 * Why something on the root failed. The keys of the first two groups are the names of the contracts'
 * custom errors, which arrive here decoded, with their arguments in `data`.
 */
export enum RootErrorCode {
  // ChainRegistry
  ChainUnknown = 'CHAIN_UNKNOWN',
  InvalidChainId = 'INVALID_CHAIN_ID',
  ChainIdTaken = 'CHAIN_ID_TAKEN',
  InvalidOwner = 'INVALID_OWNER',
  NotOwner = 'NOT_OWNER',
  NotPendingOwner = 'NOT_PENDING_OWNER',
  InvalidCommitteeSize = 'INVALID_COMMITTEE_SIZE',
  CommitteeNotAscending = 'COMMITTEE_NOT_ASCENDING',
  InvalidThreshold = 'INVALID_THRESHOLD',
  EpochNotHigher = 'EPOCH_NOT_HIGHER',
  ChainIsClosed = 'CHAIN_CLOSED',
  // CheckpointManager
  AlreadyAnchored = 'ALREADY_ANCHORED',
  UnsupportedVersion = 'UNSUPPORTED_VERSION',
  InvalidStatus = 'INVALID_STATUS',
  IndexNotNext = 'INDEX_NOT_NEXT',
  ParentMismatch = 'PARENT_MISMATCH',
  BlocksNotContiguous = 'BLOCKS_NOT_CONTIGUOUS',
  EmptyBlockRange = 'EMPTY_BLOCK_RANGE',
  TimestampBackwards = 'TIMESTAMP_BACKWARDS',
  EpochTooLow = 'EPOCH_TOO_LOW',
  EpochNotGranted = 'EPOCH_NOT_GRANTED',
  UnknownMember = 'UNKNOWN_MEMBER',
  SignaturesMisfit = 'SIGNATURES_MISFIT',
  QuorumNotReached = 'QUORUM_NOT_REACHED',
  InvalidSignature = 'INVALID_SIGNATURE',
  WrongSigner = 'WRONG_SIGNER',
  // Getting there
  /** The RPC endpoint does not answer; retryable. */
  Unreachable = 'ROOT_UNREACHABLE',
  /** The endpoint answered with an error that none of the others describes. */
  RpcError = 'ROOT_RPC_ERROR',
  /** The endpoint serves another chain than was configured. */
  WrongRoot = 'WRONG_ROOT',
  /** Our contracts are not at their addresses on this root. */
  NotDeployed = 'ROOT_NOT_DEPLOYED',
  /** The deployment proxy is missing on this root and could not be put there. */
  ProxyMissing = 'DEPLOYMENT_PROXY_MISSING',
  /** This client was made without a key. */
  ReadOnly = 'ROOT_CLIENT_READ_ONLY',
  InsufficientFunds = 'INSUFFICIENT_FUNDS',
  /** Mined, but reverted for no reason that can be named. */
  TransactionFailed = 'TRANSACTION_FAILED',
  /** Not mined in time; it still may be. Retryable. */
  TransactionTimeout = 'TRANSACTION_TIMEOUT',
  /** A root block that was relied on is no longer part of the root. Retryable. */
  Reorganised = 'ROOT_REORGANISED',
  /** Not `embedded`, `tag` or `depth:n`. */
  InvalidFinality = 'INVALID_FINALITY',
  /** The chain has no such checkpoint on the root. */
  AnchorUnknown = 'ANCHOR_UNKNOWN',
  /** The micro chain's own endpoint does not answer, or lacks the state (history pruned). */
  ChainRpcError = 'CHAIN_RPC_ERROR',
}

export class RootError extends FlotillaError<RootErrorCode, Record<string, unknown>> {}
