import type { Logger } from '@flotilla/common';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** A clean stop that takes longer than this has gone wrong. */
const STOP_TIMEOUT_MS = 20_000;

/** Calls `stop` once, at the first SIGTERM or SIGINT, and exits 0, or 1 when stopping failed or took too long. */
export function stopOnSignal(logger: Logger, stop: () => Promise<void>): void {
  let stopping = false;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      logger.info('stopping', { signal });
      setTimeout(() => {
        logger.error('not stopped in time', { timeoutMs: STOP_TIMEOUT_MS });
        process.exit(1);
      }, STOP_TIMEOUT_MS).unref();
      stop().then(
        () => process.exit(0),
        (error) => {
          logger.error('stopping failed', { error: String(error) });
          process.exit(1);
        },
      );
    });
  }
}
