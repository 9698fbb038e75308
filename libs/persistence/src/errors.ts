import { FlotillaError } from '@flotilla/common';

export enum PersistenceErrorCode {
  /** PostgreSQL can't be reached or is starting up; nothing was changed, or it is not known whether. */
  DatabaseUnavailable = 'DATABASE_UNAVAILABLE',
  /** PostgreSQL refused a statement: a bug of ours. */
  DatabaseFault = 'DATABASE_FAULT',
}

export class PersistenceError extends FlotillaError<PersistenceErrorCode> {}

/** SQLSTATE 23505 with the name of the constraint, or undefined. */
export function violatedUniqueConstraint(error: unknown): string | undefined {
  const { code, constraint } = driverError(error);
  return code === '23505' ? constraint : undefined;
}

const UNAVAILABLE_SQLSTATE = /^(08...|57P0[1-4]|53300)$/;
const UNAVAILABLE_SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'EAI_AGAIN',
]);
const UNAVAILABLE_MESSAGE =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|Cannot use a pool after calling end|Driver not Connected|connection error/i;

/** Leaves our own errors alone; tells an absent server from a refused statement. */
export function toPersistenceError(error: unknown): Error {
  if (error instanceof FlotillaError) return error;
  const { code, message } = driverError(error);
  const away =
    (code !== undefined &&
      (UNAVAILABLE_SQLSTATE.test(code) || UNAVAILABLE_SYSTEM_CODES.has(code))) ||
    UNAVAILABLE_MESSAGE.test(message);
  return away
    ? new PersistenceError(PersistenceErrorCode.DatabaseUnavailable, 'the database is away', {
        cause: error,
        retryable: true,
      })
    : new PersistenceError(PersistenceErrorCode.DatabaseFault, 'the database refused', {
        cause: error,
      });
}

interface DriverError {
  readonly code?: string;
  readonly constraint?: string;
  readonly message: string;
}

/** TypeORM wraps the driver's error; both carry what we need. */
function driverError(error: unknown): DriverError {
  const outer = error as { code?: string; driverError?: DriverError; message?: string };
  const inner = outer?.driverError ?? outer;
  // A connection tried on several addresses fails with an AggregateError without a message.
  const first = (inner as { errors?: DriverError[] })?.errors?.[0];
  return {
    code: inner?.code ?? first?.code,
    constraint: (inner as DriverError)?.constraint,
    message: inner?.message || first?.message || String(error),
  };
}
