import { systemClock } from '@flotilla/common';
import { enterPlatformGroup } from '@flotilla/runtime-drivers';
import { Progress, processTerminal, type Terminal } from '../output/terminal.js';
import { loadRunFile } from '../settings.js';
import { loadUpEnvironment } from './environment.js';
import { UpError, UpErrorCode } from './errors.js';
import { onInterruption } from './signals.js';
import { Home } from './state/home.js';
import { SupervisorLock } from './state/supervisor-lock.js';
import { formatSummary } from './summary.js';
import { Supervisor } from './supervisor.js';

export interface UpOptions {
  /** Print run.json's content instead of the table. */
  readonly json: boolean;
  readonly terminal?: Terminal;
}

const FORCED_EXIT_CODE = 130;

/**
 * `flotilla up`: starts everything, stays until a signal, stops everything in order. A second signal kills.
 * @throws UpError, PlatformError `INVALID_CONFIGURATION`, MessagingError, RuntimeError
 */
export async function runUp(options: UpOptions): Promise<void> {
  const { json, terminal = processTerminal } = options;
  const environment = loadUpEnvironment();
  enterPlatformGroup();
  const home = new Home(environment.config.FLOTILLA_HOME);
  home.create();
  const lock = await acquire(home);
  const progress = new Progress({ ...terminal, interactive: false }, !json, systemClock.now);
  // Whoever reads our output may go away; the stack stays.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const say = (sentence: string) => progress.step(sentence);
  const supervisor = new Supervisor({ environment, home, say });
  const interruption = onInterruption(() => {
    say('killing everything');
    const end = () => {
      lock.release();
      process.exit(FORCED_EXIT_CODE);
    };
    supervisor.stop({ force: true }).then(end, end);
  });
  void interruption.asked.then(() => supervisor.cancel());
  try {
    const run = await supervisor.start();
    const seconds = progress.elapsedSeconds;
    const demo = supervisor.isDev;
    terminal.out(
      json ? `${JSON.stringify(run, null, 2)}\n` : formatSummary({ run, home, demo, seconds }),
    );
    await interruption.asked;
  } catch (error) {
    if (!(error instanceof UpError && error.code === UpErrorCode.Interrupted)) throw error;
  } finally {
    await supervisor.stop({ force: false });
    interruption.release();
    lock.release();
  }
  say('everything has stopped');
}

async function acquire(home: Home): Promise<SupervisorLock> {
  try {
    return SupervisorLock.acquire(home.file('supervisor.lock'));
  } catch (error) {
    if (!(error instanceof UpError)) throw error;
    const run = await loadRunFile(home.path).catch(() => undefined);
    const { pid } = error.data as { pid: number };
    const where = run
      ? `: dashboard ${run.dashboardUrl}, API ${run.apiUrl}, chains ${run.gatewayUrl}/<chain>`
      : ' and is still starting';
    throw new UpError(
      UpErrorCode.AlreadyRunning,
      `Flotilla runs from ${home.path} already, as process ${pid}${where}`,
      { data: error.data },
    );
  }
}
