import { FlotillaError } from '@flotilla/common';
import { ExitCode } from './exit-code.js';

export enum CliErrorCode {
  InvalidArgument = 'INVALID_ARGUMENT',
  NotRunning = 'NOT_RUNNING',
  NoKey = 'NO_KEY',
  InvalidRunFile = 'INVALID_RUN_FILE',
  FileUnreadable = 'FILE_UNREADABLE',
  FileUnwritable = 'FILE_UNWRITABLE',
  ConfirmationNeeded = 'CONFIRMATION_NEEDED',
  NotInTime = 'NOT_IN_TIME',
  NotProven = 'NOT_PROVEN',
}

export interface CliErrorData {
  readonly exitCode: ExitCode;
  /** What the user can do about it. */
  readonly next: string;
}

/** A failure that the command line itself explains. */
export class CliError extends FlotillaError<CliErrorCode, CliErrorData> {
  constructor(code: CliErrorCode, message: string, data: CliErrorData, cause?: unknown) {
    super(code, message, { data, cause });
  }
}

export function invalidArgument(message: string, next: string): CliError {
  return new CliError(CliErrorCode.InvalidArgument, message, { exitCode: ExitCode.Usage, next });
}
