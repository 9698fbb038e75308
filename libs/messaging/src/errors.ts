import { FlotillaError } from '@flotilla/common';

export enum MessagingErrorCode {
  /** A token or subject that the grammar does not allow. */
  InvalidSubject = 'INVALID_SUBJECT',
  /** A message that does not fit its schema, sent or received. */
  InvalidMessage = 'INVALID_MESSAGE',
  /** There is no connection at this moment; the client keeps trying. */
  NotConnected = 'NATS_NOT_CONNECTED',
  /** Nobody answered, or no stream acknowledged, in time. */
  NoAnswer = 'NATS_NO_ANSWER',
  /** The responder reported a failure. */
  RequestFailed = 'NATS_REQUEST_FAILED',
  /** The server's account resolver refused a JWT. */
  AccountRefused = 'NATS_ACCOUNT_REFUSED',
  /** Key material that is missing or cannot be read. */
  InvalidOperator = 'NATS_INVALID_OPERATOR',
  /** Larger than the server's max_payload. */
  PayloadTooLarge = 'NATS_PAYLOAD_TOO_LARGE',
}

export class MessagingError extends FlotillaError<MessagingErrorCode> {}
