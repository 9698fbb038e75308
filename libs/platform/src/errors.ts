import { FlotillaError } from '@flotilla/common';

export enum PlatformErrorCode {
  InvalidConfiguration = 'INVALID_CONFIGURATION',
}

export class PlatformError extends FlotillaError<PlatformErrorCode> {}
