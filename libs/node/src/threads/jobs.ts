import type { LogMessage } from './channel-logger.js';
import type { Channel } from './thread.js';

/** To a thread of a pool. */
export type JobMessage =
  | { readonly kind: 'job'; readonly id: number; readonly job: unknown }
  /** Once: where the id of a job is written whose answer nobody waits for any more. */
  | { readonly kind: 'abandoned'; readonly id: Int32Array }
  | { readonly kind: 'close' };

/** From a thread of a pool. */
export type JobReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly answer: unknown }
  | LogMessage;

/**
 * Does one job after the other until the pool closes the thread.
 * @param work must not reject; `isAbandoned` may be asked at any time meanwhile
 * @param memoryOf what of an answer is handed over instead of copied
 */
export function serveJobs<Job, Answer>(
  channel: Channel,
  work: (job: Job, isAbandoned: () => boolean) => Answer | Promise<Answer>,
  memoryOf: (answer: Answer) => readonly ArrayBuffer[] = () => [],
): Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let abandoned: Int32Array = new Int32Array(1);
  const perform = async (id: number, job: Job) => {
    const answer = await work(job, () => Atomics.load(abandoned, 0) === id);
    channel.post({ kind: 'answer', answer } satisfies JobReply, memoryOf(answer));
  };
  return new Promise((resolve) => {
    channel.listen((message: JobMessage) => {
      if (message.kind === 'close') void last.then(resolve);
      else if (message.kind === 'abandoned') abandoned = message.id;
      else last = perform(message.id, message.job as Job);
    });
    channel.post({ kind: 'ready' } satisfies JobReply);
  });
}
