import { systemClock } from '@flotilla/common';
import {
  answerRemote,
  heavyMethods,
  methodTable,
  type RemoteAnswer,
  slowMethods,
} from '@flotilla/rpc';
import { ChannelLogger } from '../channel-logger.js';
import { serveJobs } from '../jobs.js';
import type { Channel } from '../thread.js';
import { lowerPriority } from '../thread-priority.js';
import { ViewFollower, type ViewOptions } from '../view-follower.js';

export interface CallJob {
  readonly method: string;
  readonly params: readonly unknown[];
}

export interface CallThreadOptions extends ViewOptions {
  /** The thread's priority: 0 as everybody else, up to 19, the lowest. */
  readonly nice: number;
}

/** A call thread: long reads of the chain, one at a time. */
export async function run(options: CallThreadOptions, channel: Channel): Promise<void> {
  if (options.nice > 0) lowerPriority(options.nice);
  const logger = new ChannelLogger(channel, { thread: 'calls' });
  const follower = new ViewFollower(options, { clock: systemClock, logger });
  const { view } = follower;
  const methods = methodTable(follower.following([...heavyMethods(view), ...slowMethods(view)]));
  await serveJobs<CallJob, RemoteAnswer>(channel, (job) => answerRemote(job, { methods, logger }));
  await follower.close();
}
