import type { Channel } from './isolation/channel.js';
import { startSideProcesses } from './isolation/process/side-processes.js';
import { type ChannelRun, runChannel, type WindowPlan } from './isolation/run-channel.js';
import { SETTINGS } from './isolation/settings/index.js';
import { closeStack } from './peers/flotilla.js';

export interface IsolationOptions {
  readonly channels: readonly Channel[];
  readonly pairs: number;
  /** Pairs of windows that peers get. */
  readonly peerPairs: number;
  /** Seconds of a window. */
  readonly window: number;
}

/** Transactions and as many reads per second on the quiet chain. */
const PER_SECOND = 100;

/** Floods one chain by one channel after the other, and looks at what its neighbour feels. */
export async function runIsolation(options: IsolationOptions): Promise<boolean> {
  const processes = await startSideProcesses();
  const runs: ChannelRun[] = [];
  try {
    for (const channel of options.channels) {
      for (const setting of SETTINGS.filter(({ rpcOnly }) => channel.overRpc || !rpcOnly)) {
        const plan: WindowPlan = {
          pairs: setting.name === 'flotilla' ? options.pairs : options.peerPairs,
          seconds: options.window,
          perSecond: PER_SECOND,
        };
        if (plan.pairs > 0) runs.push(await runChannel(channel, setting, plan, processes));
      }
    }
  } finally {
    await processes.stop();
    await closeStack();
  }
  return true;
}
