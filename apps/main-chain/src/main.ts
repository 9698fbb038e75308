import 'reflect-metadata';
import {
  ExitCode,
  exitCodeOf,
  loadNodeConfig,
  nodeUsage,
  parseNodeArguments,
} from '@flotilla/node';
import { createLogger, NestLogger, stopOnSignal } from '@flotilla/platform';
import { NestFactory } from '@nestjs/core';
import { MainChainModule } from './main-chain.module.js';

try {
  const { help, folder } = parseNodeArguments(process.argv.slice(2));
  if (help) {
    process.stdout.write(nodeUsage('main-chain', 'the root chain'));
    process.exit(ExitCode.Clean);
  }
  const config = loadNodeConfig(folder);
  const logger = createLogger(config.name, config.logLevel);
  process.on('unhandledRejection', (reason) => {
    logger.error('unhandled rejection', {
      error: String(reason),
      stack: reason instanceof Error ? reason.stack : undefined,
    });
    process.exit(ExitCode.Crash);
  });
  const app = await NestFactory.createApplicationContext(
    MainChainModule.with({ folder, config, logger }),
    { logger: new NestLogger(logger), abortOnError: false },
  );
  stopOnSignal(logger, () => app.close());
} catch (error) {
  process.stderr.write(`main-chain: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(exitCodeOf(error));
}
