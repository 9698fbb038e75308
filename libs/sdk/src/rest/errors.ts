import { FlotillaError } from '@flotilla/common';

/** What the SDK itself reports; every other code comes from the API as it is. */
export enum SdkErrorCode {
  /** Nothing answered at the API's URL. */
  ApiUnreachable = 'API_UNREACHABLE',
  /** Something answered, but not Flotilla. */
  UnexpectedAnswer = 'UNEXPECTED_ANSWER',
  /** `wait` ran out; the chain goes on being created. */
  WaitTimedOut = 'WAIT_TIMED_OUT',
  /** The chain ended in a phase that leads nowhere near the one waited for. */
  ChainFailed = 'CHAIN_FAILED',
  /** The chain has no RPC URL yet. */
  ChainNotServing = 'CHAIN_NOT_SERVING',
  /** A chain that runs elsewhere can't be anchored as it is. */
  ExternalChainMismatch = 'EXTERNAL_CHAIN_MISMATCH',
  /** A load needs the accounts that only chains of the development profile fund. */
  NoDevAccounts = 'NO_DEV_ACCOUNTS',
}

/** A failure on this side of the API; `code` is one of {@link SdkErrorCode}. */
export class SdkError extends FlotillaError<SdkErrorCode> {}

/** One field that the API refused. */
export interface FieldError {
  /** Dotted path inside the request's body, e.g. `spec.fees.gasPrice`. */
  readonly path: string;
  readonly message: string;
}

/** RFC 9457 problem+json as the API sends it. */
export interface Problem {
  readonly type?: string;
  readonly title?: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly retryable?: boolean;
  readonly errors?: readonly FieldError[];
}

/**
 * An answer of the API other than 2xx.
 *
 * @example
 * try {
 *   await client.chains.create('shop');
 * } catch (error) {
 *   if (error instanceof FlotillaApiError && error.code === 'NAME_TAKEN') console.log(error.detail);
 * }
 */
export class FlotillaApiError extends FlotillaError<string, Problem> {
  /** The HTTP status. */
  readonly status: number;
  /** What happened, in a sentence. */
  readonly detail: string;
  /** Which fields were refused, when the request was invalid. */
  readonly errors: readonly FieldError[];

  constructor(problem: Problem) {
    const detail = problem.detail ?? problem.title ?? `the API answered ${problem.status}`;
    super(problem.code, detail, {
      data: problem,
      retryable: problem.retryable ?? (problem.status === 429 || problem.status >= 502),
    });
    this.status = problem.status;
    this.detail = detail;
    this.errors = problem.errors ?? [];
  }
}
