import type { LogMessage } from './channel-logger.js';
import type { Channel } from './thread.js';

/** To a thread of a pool. */
export type JobMessage =
  | { readonly kind: 'job'; readonly job: unknown }
  | { readonly kind: 'close' };

/** From a thread of a pool. */
export type JobReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly answer: unknown }
  | LogMessage;

/**
 * Does one job after the other until the pool closes the thread.
 * @param work must not reject
 * @param memoryOf what of an answer is handed over instead of copied
 */
export function serveJobs<Job, Answer>(
  channel: Channel,
  work: (job: Job) => Answer | Promise<Answer>,
  memoryOf: (answer: Answer) => readonly ArrayBuffer[] = () => [],
): Promise<void> {
  let last: Promise<void> = Promise.resolve();
  const perform = async (job: Job) => {
    const answer = await work(job);
    channel.post({ kind: 'answer', answer } satisfies JobReply, memoryOf(answer));
  };
  return new Promise((resolve) => {
    channel.listen((message: JobMessage) => {
      if (message.kind === 'close') void last.then(resolve);
      else last = perform(message.job as Job);
    });
    channel.post({ kind: 'ready' } satisfies JobReply);
  });
}
