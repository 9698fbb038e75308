import { systemClock } from '@flotilla/common';
import {
  answerRemote,
  blockwiseMethods,
  deadlineExceeded,
  heavyMethods,
  methodTable,
  type RemoteAnswer,
  slowMethods,
  toJsonRpcError,
} from '@flotilla/rpc';
import { ChannelLogger } from '../channel-logger.js';
import { serveJobs } from '../jobs.js';
import type { Channel } from '../thread.js';
import { lowerPriority, NICE } from '../thread-priority.js';
import { ViewFollower, type ViewOptions } from '../view-follower.js';
import { DeadlineClock } from './deadline-clock.js';

export interface CallJob {
  readonly method: string;
  readonly params: readonly unknown[];
  /** Unix milliseconds. */
  readonly deadline: number | undefined;
}

export interface CallThreadOptions extends ViewOptions {
  /** By how much it gives way to other threads: 0 is not at all. */
  readonly nice: number;
}

/** A call that takes longer, in milliseconds, is no short one that goes before blocks. */
const LONG_CALL_MS = 50;

/** A call thread: long reads of the chain, one at a time. */
export async function run(options: CallThreadOptions, channel: Channel): Promise<void> {
  if (options.nice > 0) lowerPriority(options.nice);
  const logger = new ChannelLogger(channel, { thread: 'calls' });
  const clock = new DeadlineClock(systemClock);
  const follower = new ViewFollower(options, { clock, logger });
  const { view } = follower;
  const methods = methodTable(
    follower.following([...heavyMethods(view), ...blockwiseMethods(view), ...slowMethods(view)]),
  );
  await serveJobs<CallJob, RemoteAnswer>(channel, async (job, isAbandoned) => {
    clock.deadline = job.deadline;
    clock.isAbandoned = isAbandoned;
    let restore = () => {};
    clock.whenLonger(LONG_CALL_MS, () => {
      if (options.nice < NICE.writer) restore = lowerPriority(NICE.writer - options.nice);
    });
    const answer = await answerRemote(job, { methods, logger });
    restore();
    const isLate = 'error' in answer && clock.isOver;
    return isLate
      ? { error: toJsonRpcError(deadlineExceeded(), logger), micros: answer.micros }
      : answer;
  });
  await follower.close();
}
