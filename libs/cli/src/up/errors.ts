import { FlotillaError } from '@flotilla/common';

/** Why the stack did not come up; the message says what to do next. */
export enum UpErrorCode {
  NatsServerMissing = 'NATS_SERVER_MISSING',
  DownloadCorrupt = 'DOWNLOAD_CORRUPT',
  PostgresMissing = 'POSTGRES_MISSING',
  PostgresRefusesRoot = 'POSTGRES_REFUSES_ROOT',
  ProgramFailed = 'PROGRAM_FAILED',
}

export class UpError extends FlotillaError<UpErrorCode> {}
