import 'reflect-metadata';
import { createLogger, NestLogger, stopOnSignal } from '@flotilla/platform';
import { NestFactory } from '@nestjs/core';
import { GatewayModule } from './gateway.module.js';

const logger = createLogger('gateway');
try {
  const app = await NestFactory.createApplicationContext(GatewayModule, {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  stopOnSignal(logger, () => app.close());
} catch (error) {
  logger.error('the gateway did not start', { error: String(error) });
  process.exit(1);
}
