import { FlotillaError } from '@flotilla/common';
import { CliError } from '../errors.js';
import { ExitCode } from '../exit-code.js';

/** A failure as the user is told it: what, why, what to do next. */
export interface Explanation {
  readonly code: string;
  readonly message: string;
  /** What lies under it, when that says more. */
  readonly why?: string;
  readonly next?: string;
  /** HTTP status, when the API refused. */
  readonly status?: number;
  /** Refused fields. */
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly exitCode: ExitCode;
}

const BY_CODE: Readonly<Record<string, { readonly exitCode: ExitCode; readonly next: string }>> = {
  API_UNREACHABLE: {
    exitCode: ExitCode.Unavailable,
    next: 'start Flotilla with `flotilla up`, or name a running one with --api-url',
  },
  UNEXPECTED_ANSWER: {
    exitCode: ExitCode.Unavailable,
    next: 'check that --api-url names the API (by default port 7070), not the gateway',
  },
  WAIT_TIMED_OUT: {
    exitCode: ExitCode.TimedOut,
    next: 'look at `flotilla chain show <name>`, or wait longer with --timeout',
  },
  WAIT_TIMEOUT: {
    exitCode: ExitCode.TimedOut,
    next: 'look at `flotilla chain show <name>`, or wait longer with --timeout',
  },
  CHAIN_FAILED: {
    exitCode: ExitCode.Failed,
    next: 'look at `flotilla chain logs <name>` and `flotilla chain show <name>`',
  },
  CHECKPOINT_NOT_FOUND: {
    exitCode: ExitCode.NotFound,
    next: 'see which there are with `flotilla checkpoint list <chain>`',
  },
  KEY_NOT_FOUND: {
    exitCode: ExitCode.NotFound,
    next: 'see which there are with `flotilla key list`',
  },
  ROOT_UNREACHABLE: {
    exitCode: ExitCode.Unavailable,
    next: 'check --rpc-url, and that the node behind it runs',
  },
  NO_DEV_ACCOUNTS: {
    exitCode: ExitCode.Failed,
    next: 'bench a chain created under `npm start` (the dev profile): `flotilla chain create bench --wait`',
  },
  CHAIN_NOT_SERVING: {
    exitCode: ExitCode.Unavailable,
    next: 'look at `flotilla chain show <name>`; a paused chain comes back with `flotilla chain resume <name>`',
  },
  INSUFFICIENT_FUNDS: {
    exitCode: ExitCode.Failed,
    next: 'fund the account of the key, and try again: what is there already stays',
  },
  NO_CAPACITY: {
    exitCode: ExitCode.Unavailable,
    next: 'see `flotilla capacity`; put a chain to sleep (`flotilla chain sleep <name>`) or ask for a smaller --size',
  },
  WRONG_PHASE: {
    exitCode: ExitCode.Conflict,
    next: 'see its phase with `flotilla chain show <name>`; a paused chain comes back with `flotilla chain resume <name>`',
  },
  NAME_RESERVED: {
    exitCode: ExitCode.Conflict,
    next: 'choose another name',
  },
  NAME_TAKEN: {
    exitCode: ExitCode.Conflict,
    next: 'choose another name; `flotilla chain show <name>` tells what has it',
  },
};

const BY_STATUS: Readonly<Record<number, { readonly exitCode: ExitCode; readonly next: string }>> =
  {
    400: { exitCode: ExitCode.Failed, next: 'correct the request; `--help` shows the options' },
    401: { exitCode: ExitCode.NotAllowed, next: 'give a valid key with --key or FLOTILLA_API_KEY' },
    403: { exitCode: ExitCode.NotAllowed, next: 'use a key whose role allows this' },
    404: {
      exitCode: ExitCode.NotFound,
      next: 'look for the right name with `flotilla chain list`',
    },
    409: { exitCode: ExitCode.Conflict, next: 'look at the newest state and try again' },
    422: { exitCode: ExitCode.Failed, next: 'correct the fields named above' },
    429: { exitCode: ExitCode.Unavailable, next: 'try again in a moment' },
    503: { exitCode: ExitCode.Unavailable, next: 'see what is down with `flotilla doctor`' },
  };

function causeOf(error: Error): string | undefined {
  let deepest: unknown = error.cause;
  while (deepest instanceof Error && deepest.cause !== undefined) deepest = deepest.cause;
  if (!(deepest instanceof Error)) return undefined;
  const inner = deepest instanceof AggregateError ? deepest.errors[0] : deepest;
  const message = inner instanceof Error ? inner.message : String(inner);
  return message === '' || message === error.message ? undefined : message;
}

/** A single refused field is in the message already. */
function saysAll(message: string, errors: readonly { readonly message: string }[]): boolean {
  return errors.length === 1 && message.includes(errors[0].message);
}

/** Takes whatever was thrown to what the user sees and to the exit code. */
export function explain(error: unknown): Explanation {
  if (!(error instanceof Error)) {
    return { code: 'INTERNAL', message: String(error), exitCode: ExitCode.Internal };
  }
  const why = causeOf(error);
  if (error instanceof CliError && error.data !== undefined) {
    return { code: error.code, message: error.message, why, ...error.data };
  }
  if (error instanceof FlotillaError) {
    const { status, errors } = error as { status?: number; errors?: Explanation['errors'] };
    const advice = BY_CODE[error.code] ?? (status === undefined ? undefined : BY_STATUS[status]);
    return {
      code: error.code,
      message: error.message,
      why,
      status,
      errors: errors?.length && !saysAll(error.message, errors) ? errors : undefined,
      exitCode: advice?.exitCode ?? ExitCode.Failed,
      next: advice?.next,
    };
  }
  return {
    code: 'INTERNAL',
    message: error.message,
    why,
    exitCode: ExitCode.Internal,
    next: 'this is a bug of Flotilla: please report it with the lines below',
  };
}

export function formatExplanation(explanation: Explanation): string {
  const lines = [`error: ${explanation.message} [${explanation.code}]`];
  for (const { path, message } of explanation.errors ?? []) lines.push(`  ${path}: ${message}`);
  if (explanation.why !== undefined) lines.push(`  why:  ${explanation.why}`);
  if (explanation.next !== undefined) lines.push(`  next: ${explanation.next}`);
  return lines.join('\n');
}
