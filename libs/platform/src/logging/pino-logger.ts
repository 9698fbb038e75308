import type { Logger } from '@flotilla/common';
import { type Logger as Pino, pino } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

class PinoLogger implements Logger {
  constructor(private readonly target: Pino) {}

  debug(message: string, fields?: Record<string, unknown>): void {
    this.target.debug(fields ?? {}, message);
  }

  info(message: string, fields?: Record<string, unknown>): void {
    this.target.info(fields ?? {}, message);
  }

  warn(message: string, fields?: Record<string, unknown>): void {
    this.target.warn(fields ?? {}, message);
  }

  error(message: string, fields?: Record<string, unknown>): void {
    this.target.error(fields ?? {}, message);
  }

  child(fields: Record<string, unknown>): Logger {
    return new PinoLogger(this.target.child(fields));
  }
}

/** One JSON line per entry on standard output, with `process` naming who wrote it. */
export function createLogger(name: string, level: LogLevel = 'info'): Logger {
  const options = {
    level,
    base: { process: name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return new PinoLogger(pino(options, pino.destination({ fd: 1, sync: true })));
}
