import { FlotillaError } from '@flotilla/common';

export enum RuntimeErrorCode {
  /** The operating system refused to start the program. */
  SpawnFailed = 'SPAWN_FAILED',
  /** It survived SIGKILL for longer than is reasonable (uninterruptible I/O). */
  StopFailed = 'STOP_FAILED',
}

export class RuntimeError extends FlotillaError<RuntimeErrorCode> {}
