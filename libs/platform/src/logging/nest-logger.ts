import type { Logger } from '@flotilla/common';
import type { LoggerService } from '@nestjs/common';

/** Sends what Nest itself has to say through our logger, its routine lines as `debug`. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.logger.debug(String(message), { context });
  }

  warn(message: unknown, context?: string): void {
    this.logger.warn(String(message), { context });
  }

  error(message: unknown, stack?: string, context?: string): void {
    this.logger.error(String(message), { stack, context });
  }
}
