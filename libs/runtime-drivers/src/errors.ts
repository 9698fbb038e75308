import { FlotillaError } from '@flotilla/common';

export enum RuntimeErrorCode {
  /** The operating system refused to start the program. */
  SpawnFailed = 'SPAWN_FAILED',
  /** It survived SIGKILL for longer than is reasonable (uninterruptible I/O). */
  StopFailed = 'STOP_FAILED',
  /** The kernel refused a limit: what is used already is above it, or the group may not be written. */
  LimitNotApplied = 'LIMIT_NOT_APPLIED',
}

export class RuntimeError extends FlotillaError<RuntimeErrorCode> {}
