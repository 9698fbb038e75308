import { FlotillaError } from '@flotilla/common';

/** Codes of the REST API's own; those of other subsystems pass through unchanged. */
export enum ApiErrorCode {
  /** The body is not JSON. */
  InvalidJson = 'INVALID_JSON',
  /** A field, parameter or header has the wrong type or value; `errors` names each. */
  InvalidRequest = 'INVALID_REQUEST',
  /** The chain spec breaks a rule or has an unknown field; `errors` names each. */
  InvalidSpec = 'INVALID_SPEC',
  /** No key, or one that is unknown or revoked. */
  Unauthenticated = 'UNAUTHENTICATED',
  /** The key's role may not do this. */
  Forbidden = 'FORBIDDEN',
  /** The tenant asks more often than it may; `Retry-After` says when to try again. */
  RateLimited = 'RATE_LIMITED',
  /** No such path. */
  NotFound = 'NOT_FOUND',
  /** No such chain, or another tenant's. */
  ChainNotFound = 'CHAIN_NOT_FOUND',
  CheckpointNotFound = 'CHECKPOINT_NOT_FOUND',
  KeyNotFound = 'KEY_NOT_FOUND',
  /** The chain's phase does not allow this. */
  WrongPhase = 'WRONG_PHASE',
  /** The chain has no process to ask, or it does not answer. */
  ChainUnavailable = 'CHAIN_UNAVAILABLE',
  /** `If-Match` names another version than the chain has. */
  PreconditionFailed = 'PRECONDITION_FAILED',
  /** The body is over the limit of 1 MiB. */
  BodyTooLarge = 'BODY_TOO_LARGE',
  /** The body is not `application/json`. */
  UnsupportedMediaType = 'UNSUPPORTED_MEDIA_TYPE',
  /** The chain was not running in time; it goes on being provisioned. */
  WaitTimeout = 'WAIT_TIMEOUT',
  /** More event streams are open than allowed. */
  TooManyStreams = 'TOO_MANY_STREAMS',
  /** NATS is away; try again. */
  MessagingUnavailable = 'MESSAGING_UNAVAILABLE',
  /** A file of the control plane (admin or relayer key) is not what it must be. */
  BadFile = 'BAD_FILE',
  /** A fault of ours; the log has it under the same time. */
  Internal = 'INTERNAL',
}

export interface FieldProblem {
  /** Dotted, e.g. `spec.fees.gasPrice`; empty for the whole body. */
  readonly path: string;
  readonly message: string;
}

export interface ApiErrorData {
  readonly errors?: readonly FieldProblem[];
  /** The limit that was met, and when to try again. */
  readonly limit?: string;
  readonly retryAfterMs?: number;
}

export class ApiError extends FlotillaError<ApiErrorCode, ApiErrorData> {}

export function chainNotFound(name: string): ApiError {
  return new ApiError(ApiErrorCode.ChainNotFound, `there is no chain "${name.slice(0, 60)}"`);
}
