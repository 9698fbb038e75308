import { readFileSync } from 'node:fs';
import type { Logger } from '@flotilla/common';
import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import { MessagingError, MessagingErrorCode } from './errors.js';
import { userAuthenticator } from './user-authenticator.js';

export interface ConnectionOptions {
  /** `nats://127.0.0.1:4222`; user and password, or a token, may stand in it. */
  readonly url: string;
  /** The text of a creds file, or where to read it at every attempt (so that renewed ones are taken up). */
  readonly creds?: string;
  readonly credsFile?: string;
  /** Shown in the server's connection list. */
  readonly name: string;
}

const RECONNECT_WAIT_MS = 250;
const MAX_RETRY_MS = 2_000;

function natsOptions(options: ConnectionOptions): NodeConnectionOptions {
  const address = new URL(options.url);
  const creds =
    options.creds ?? (options.credsFile ? readFileSync(options.credsFile, 'utf8') : undefined);
  return {
    servers: address.host,
    name: options.name,
    reconnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    // After a wipe of the server its accounts are unknown until the control plane pushes them again.
    ignoreAuthErrorAbort: true,
    waitOnFirstConnect: false,
    timeout: 5_000,
    pingInterval: 10_000,
    ...(address.protocol === 'tls:' ? { tls: {} } : {}),
    ...(creds ? { authenticator: userAuthenticator(creds) } : {}),
    ...(address.password
      ? {
          user: decodeURIComponent(address.username),
          pass: decodeURIComponent(address.password),
        }
      : address.username
        ? { token: decodeURIComponent(address.username) }
        : {}),
  };
}

/**
 * Connects, trying for ever: a node must start, and go on, while NATS is gone.
 * Resolves undefined when `signal` aborts first.
 */
export async function dial(
  options: ConnectionOptions,
  logger: Logger,
  signal: AbortSignal,
): Promise<NatsConnection | undefined> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      return await connect(natsOptions(options));
    } catch (cause) {
      if (attempt === 0) {
        logger.warn('nats is not reachable yet', { url: safeUrl(options.url), cause: `${cause}` });
      }
    }
    await pause(Math.min(RECONNECT_WAIT_MS * (attempt + 1), MAX_RETRY_MS), signal);
  }
  return undefined;
}

/** For logs: without the password. @throws MessagingError `NATS_NOT_CONNECTED` when it is no URL. */
export function safeUrl(url: string): string {
  try {
    return new URL(url).host;
  } catch (cause) {
    throw new MessagingError(MessagingErrorCode.NotConnected, 'not a NATS URL', { cause });
  }
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    signal.addEventListener('abort', done);
  });
}
