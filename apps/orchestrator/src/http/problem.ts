import { FlotillaError } from '@flotilla/common';
import { HttpException } from '@nestjs/common';
import { ApiErrorCode, type FieldProblem } from '../errors.js';

/** RFC 9457, with a stable `code`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly instance: string;
  /** False where a 503 stays one, however often the request is repeated. */
  readonly retryable?: false;
  readonly errors?: readonly FieldProblem[];
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** Every code that leaves the API with a status other than 500, with that status. */
export const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  INVALID_JSON: 400,
  INVALID_REQUEST: 400,
  INVALID_SPEC: 400,
  NAME_INVALID: 400,
  INVALID_CHECKPOINT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CHAIN_NOT_FOUND: 404,
  CHECKPOINT_NOT_FOUND: 404,
  ANCHOR_UNKNOWN: 404,
  KEY_NOT_FOUND: 404,
  NAME_RESERVED: 409,
  NAME_TAKEN: 409,
  CHAIN_ID_TAKEN: 409,
  SPEC_FIELD_IMMUTABLE: 409,
  VERSION_CONFLICT: 409,
  WRONG_PHASE: 409,
  ALREADY_ANCHORED: 409,
  INDEX_NOT_NEXT: 409,
  PARENT_MISMATCH: 409,
  PRECONDITION_FAILED: 412,
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  // What a checkpoint of a chain that runs elsewhere can have wrong, as this side or the root says it.
  INVALID_SIGNATURE: 422,
  INVALID_BITMAP: 422,
  INVALID_COMMITTEE: 422,
  WRONG_SIGNER: 422,
  QUORUM_NOT_REACHED: 422,
  UNSUPPORTED_VERSION: 422,
  INVALID_STATUS: 422,
  BLOCKS_NOT_CONTIGUOUS: 422,
  EMPTY_BLOCK_RANGE: 422,
  TIMESTAMP_BACKWARDS: 422,
  EPOCH_TOO_LOW: 422,
  EPOCH_NOT_GRANTED: 422,
  UNKNOWN_MEMBER: 422,
  SIGNATURES_MISFIT: 422,
  CHAIN_UNKNOWN: 422,
  CHAIN_CLOSED: 422,
  RATE_LIMITED: 429,
  // The root or a chain answered, and refused.
  CHAIN_RPC_ERROR: 502,
  ROOT_RPC_ERROR: 502,
  INSUFFICIENT_FUNDS: 502,
  TRANSACTION_FAILED: 502,
  DATABASE_UNAVAILABLE: 503,
  ROOT_UNREACHABLE: 503,
  ROOT_NOT_DEPLOYED: 503,
  ROOT_REORGANISED: 503,
  TRANSACTION_TIMEOUT: 503,
  CHAIN_UNAVAILABLE: 503,
  MESSAGING_UNAVAILABLE: 503,
  TOO_MANY_STREAMS: 503,
  NO_CAPACITY: 503,
  WAIT_TIMEOUT: 504,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthenticated',
  403: 'Forbidden',
  404: 'Not found',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Content too large',
  415: 'Unsupported media type',
  422: 'Refused',
  429: 'Too many requests',
  500: 'Internal error',
  502: 'Bad gateway',
  503: 'Unavailable',
  504: 'Timed out',
};

const CODE_OF_STATUS: Readonly<Record<number, ApiErrorCode>> = {
  401: ApiErrorCode.Unauthenticated,
  403: ApiErrorCode.Forbidden,
  404: ApiErrorCode.NotFound,
  413: ApiErrorCode.BodyTooLarge,
  415: ApiErrorCode.UnsupportedMediaType,
};

/** Bad input comes back with its detail; a fault of ours without any. */
export function toProblem(error: unknown, instance: string): Problem {
  if (error instanceof FlotillaError && error.code in STATUS_OF_CODE) {
    const { errors } = (error.data ?? {}) as { errors?: readonly FieldProblem[] };
    const status = STATUS_OF_CODE[error.code];
    const told = problem(status, error.code, error.message, instance, errors);
    return status === 503 && !error.retryable ? { ...told, retryable: false } : told;
  }
  const status = frameworkStatus(error);
  if (status !== undefined && status < 500) {
    const code = CODE_OF_STATUS[status] ?? badRequestCode(error);
    return problem(status, code, detailOf(status, code), instance);
  }
  return problem(
    500,
    ApiErrorCode.Internal,
    'The request failed through a fault of ours.',
    instance,
  );
}

function problem(
  status: number,
  code: string,
  detail: string,
  instance: string,
  errors?: readonly FieldProblem[],
): Problem {
  return {
    type: `urn:flotilla:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: TITLES[status] ?? 'Error',
    status,
    detail,
    code,
    instance,
    ...(errors && { errors }),
  };
}

/** Nest wraps what Fastify throws before a handler is reached; both know the status. */
function frameworkStatus(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}

function badRequestCode(error: unknown): ApiErrorCode {
  const message = error instanceof Error ? error.message : '';
  return /JSON|Unexpected|Expected/.test(message)
    ? ApiErrorCode.InvalidJson
    : ApiErrorCode.InvalidRequest;
}

function detailOf(status: number, code: ApiErrorCode): string {
  switch (code) {
    case ApiErrorCode.NotFound:
      return 'There is nothing at this path.';
    case ApiErrorCode.BodyTooLarge:
      return 'The body is over the limit of 1 MiB.';
    case ApiErrorCode.InvalidJson:
      return 'The body is not valid JSON.';
    case ApiErrorCode.UnsupportedMediaType:
      return 'The body must be application/json.';
    default:
      return TITLES[status] ?? 'The request is not valid.';
  }
}
