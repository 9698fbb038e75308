import type { LogMessage } from './channel-logger.js';
import type { Channel } from './thread.js';

/** To a thread of a pool. */
export type JobMessage =
  | { readonly kind: 'job'; readonly job: unknown }
  | { readonly kind: 'close' };

/** From a thread of a pool. */
export type JobReply = { readonly kind: 'answer'; readonly answer: unknown } | LogMessage;

/** Does one job after the other until the pool closes the thread. `work` must not reject. */
export function serveJobs<Job>(channel: Channel, work: (job: Job) => unknown): Promise<void> {
  let last: Promise<void> = Promise.resolve();
  const perform = async (job: Job) => {
    const answer = await work(job);
    channel.post({ kind: 'answer', answer } satisfies JobReply);
  };
  return new Promise((resolve) => {
    channel.listen((message: JobMessage) => {
      if (message.kind === 'close') void last.then(resolve);
      else last = perform(message.job as Job);
    });
  });
}
