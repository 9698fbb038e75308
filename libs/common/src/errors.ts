/** What every boundary (JSON-RPC, REST, NATS, exit code) needs to report a failure. */
export interface ErrorOptions<Data> {
  readonly data?: Data;
  readonly cause?: unknown;
  /** True when the same call may succeed later without being changed. */
  readonly retryable?: boolean;
}

/**
 * The base of every error that Flotilla throws. Each subsystem has one code enum and one subclass;
 * callers match on `code`, never on the message.
 */
export class FlotillaError<Code extends string = string, Data = unknown> extends Error {
  readonly code: Code;
  readonly data: Data | undefined;
  readonly retryable: boolean;

  constructor(code: Code, message: string, options: ErrorOptions<Data> = {}) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.data = options.data;
    this.retryable = options.retryable ?? false;
  }
}

export enum CommonErrorCode {
  InvalidHex = 'INVALID_HEX',
  InvalidRlp = 'INVALID_RLP',
  InvariantViolated = 'INVARIANT_VIOLATED',
}

export class CommonError extends FlotillaError<CommonErrorCode> {}

/** Throws `INVARIANT_VIOLATED`: for what can only be false through a bug of ours. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new CommonError(CommonErrorCode.InvariantViolated, message);
}
