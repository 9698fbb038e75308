import { systemClock } from '@flotilla/common';
import { answerRemote, heavyMethods, methodTable, slowMethods } from '@flotilla/rpc';
import { ChannelLogger } from '../channel-logger.js';
import { serveJobs } from '../jobs.js';
import type { Channel } from '../thread.js';
import { ViewFollower, type ViewOptions } from '../view-follower.js';

export interface CallJob {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** A call thread: long reads of the chain, one at a time. */
export async function run(options: ViewOptions, channel: Channel): Promise<void> {
  const logger = new ChannelLogger(channel, { thread: 'calls' });
  const follower = new ViewFollower(options, { clock: systemClock, logger });
  const { view } = follower;
  const methods = methodTable(follower.following([...heavyMethods(view), ...slowMethods(view)]));
  await serveJobs<CallJob>(channel, (job) => answerRemote(job, { methods, logger }));
  await follower.close();
}
