import { FlotillaError } from '@flotilla/common';

/** What the JSON-RPC layer itself refuses; it reaches clients in `error.data.code`. */
export enum RpcErrorCode {
  ParseError = 'PARSE_ERROR',
  InvalidRequest = 'INVALID_REQUEST',
  BatchTooLarge = 'BATCH_TOO_LARGE',
  BodyTooLarge = 'BODY_TOO_LARGE',
  MethodNotFound = 'METHOD_NOT_FOUND',
  InvalidParams = 'INVALID_PARAMS',
  Internal = 'INTERNAL_ERROR',
  /** A filter, subscription count, log range or result set beyond its documented limit. */
  LimitExceeded = 'LIMIT_EXCEEDED',
  /** More requests wait than the node holds; the same request may succeed later. */
  Busy = 'SERVER_BUSY',
  ResponseTooLarge = 'RESPONSE_TOO_LARGE',
  SubscriptionsUnsupported = 'SUBSCRIPTIONS_UNSUPPORTED',
  SubscriptionNotFound = 'SUBSCRIPTION_NOT_FOUND',
  FilterNotFound = 'FILTER_NOT_FOUND',
  /** A development chain has neither the key of this account nor leave to send for it. */
  UnknownAccount = 'UNKNOWN_ACCOUNT',
  /** The time that the request gave itself is over. */
  DeadlineExceeded = 'DEADLINE_EXCEEDED',
  StartFailed = 'RPC_START_FAILED',
}

/** What a refusal for a limit says of it. */
export interface ExceededLimit {
  readonly limit: string;
  /** Absent when waiting does not help. */
  readonly retryAfterMs?: number;
}

export class RpcError extends FlotillaError<RpcErrorCode> {}

export function invalidParams(message: string): RpcError {
  return new RpcError(RpcErrorCode.InvalidParams, message);
}

/** @param limit its name in the chain's spec, where it has one */
export function limitExceeded(message: string, limit?: string): RpcError {
  return new RpcError(RpcErrorCode.LimitExceeded, message, { data: { limit } });
}

export function deadlineExceeded(): RpcError {
  return new RpcError(RpcErrorCode.DeadlineExceeded, 'the deadline of the request is over');
}
