import { type Logger, systemClock } from '@flotilla/common';
import { type Logger as Pino, pino } from 'pino';
import { LogBudget } from './log-budget.js';

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
  return writeTo(standardOutput(), name, level);
}

/** The same within a budget. */
export function createBoundedLogger(
  name: string,
  level: LogLevel,
  kbPerSecond: number | null,
): { readonly logger: Logger; readonly budget: LogBudget } {
  const budget = new LogBudget(kbPerSecond, { lines: standardOutput(), clock: systemClock });
  return { logger: writeTo(budget, name, level), budget };
}

const standardOutput = () => pino.destination({ fd: 1, sync: true });

function writeTo(target: { write(line: string): void }, name: string, level: LogLevel): Logger {
  const options = {
    level,
    base: { process: name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return new PinoLogger(pino(options, target));
}
