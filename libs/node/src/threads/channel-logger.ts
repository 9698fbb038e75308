import type { Logger } from '@flotilla/common';
import type { Channel } from './thread.js';

type Level = 'debug' | 'info' | 'warn' | 'error';

/** An entry of a log on its way to the thread that owns the log. */
export interface LogMessage {
  readonly kind: 'log';
  readonly level: Level;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

/** Logs by way of the thread that started this one. */
export class ChannelLogger implements Logger {
  constructor(
    private readonly channel: Pick<Channel, 'post'>,
    private readonly fields: Record<string, unknown> = {},
  ) {}

  debug(message: string, fields?: Record<string, unknown>): void {
    this.#post('debug', message, fields);
  }

  info(message: string, fields?: Record<string, unknown>): void {
    this.#post('info', message, fields);
  }

  warn(message: string, fields?: Record<string, unknown>): void {
    this.#post('warn', message, fields);
  }

  error(message: string, fields?: Record<string, unknown>): void {
    this.#post('error', message, fields);
  }

  child(fields: Record<string, unknown>): Logger {
    return new ChannelLogger(this.channel, { ...this.fields, ...fields });
  }

  #post(level: Level, message: string, fields: Record<string, unknown> = {}): void {
    const entry: LogMessage = {
      kind: 'log',
      level,
      message,
      fields: plain({ ...this.fields, ...fields }),
    };
    this.channel.post(entry);
  }
}

export function writeLog(logger: Logger, { level, message, fields }: LogMessage): void {
  logger[level](message, fields);
}

/** What can be cloned: errors as text, everything else as it is. */
function plain(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value instanceof Error ? (value.stack ?? String(value)) : value,
    ]),
  );
}
