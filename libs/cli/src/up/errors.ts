import { FlotillaError } from '@flotilla/common';

/** Why the stack did not come up; the message says what to do next. */
export enum UpErrorCode {
  NatsServerMissing = 'NATS_SERVER_MISSING',
  DownloadCorrupt = 'DOWNLOAD_CORRUPT',
  PostgresMissing = 'POSTGRES_MISSING',
  PostgresRefusesRoot = 'POSTGRES_REFUSES_ROOT',
  ProgramFailed = 'PROGRAM_FAILED',
  AlreadyRunning = 'ALREADY_RUNNING',
  PortTaken = 'PORT_TAKEN',
  /** A process ended again and again, or did not become healthy in time. */
  NotHealthy = 'NOT_HEALTHY',
  RootNotReady = 'ROOT_NOT_READY',
  BadHome = 'BAD_HOME',
  /** Ctrl-C while starting. */
  Interrupted = 'INTERRUPTED',
}

export class UpError extends FlotillaError<UpErrorCode> {}
