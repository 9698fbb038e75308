import 'reflect-metadata';
import {
  createLogger,
  PLATFORM_NICE,
  PlatformError,
  setOwnPriority,
  stopOnSignal,
} from '@flotilla/platform';
import { createApp } from './app.js';
import type { Settings } from './settings.js';
import { SETTINGS } from './tokens.js';

/** sysexits.h EX_USAGE: starting again without a change can't help. */
const EXIT_BAD_CONFIG = 64;

const logger = createLogger('orchestrator');
setOwnPriority(PLATFORM_NICE.orchestrator);
try {
  const app = await createApp(logger);
  stopOnSignal(logger, () => app.close());
  const { host, port } = app.get<Settings>(SETTINGS);
  await app.listen(port, host);
  logger.info('listening', { host, port });
} catch (error) {
  logger.error('the orchestrator did not start', { error: String(error) });
  process.exit(error instanceof PlatformError ? EXIT_BAD_CONFIG : 1);
}
