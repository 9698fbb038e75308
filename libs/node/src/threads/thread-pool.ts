import type { Clock, Logger } from '@flotilla/common';
import { RpcError, RpcErrorCode } from '@flotilla/rpc';
import { writeLog } from './channel-logger.js';
import type { JobMessage, JobReply } from './jobs.js';
import type { Thread } from './thread.js';

export interface ThreadPoolOptions {
  readonly maxThreads: number;
  /** Jobs that wait for a thread; more are refused. */
  readonly maxQueued: number;
  /** A job that has waited for so long is refused: whoever asked has given up, and others wait behind it. */
  readonly maxWaitMs: number;
  /** A thread that had nothing to do for so long ends. */
  readonly idleMs: number;
}

export interface ThreadPoolModules {
  readonly start: () => Thread;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Job {
  readonly job: unknown;
  readonly arrivedAt: number;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

interface Member {
  readonly thread: Thread;
  current: Job | undefined;
  isClosing: boolean;
  cancelIdle: () => void;
}

/** Threads that do one job at a time, started when there is more to do than the present ones take. */
export class ThreadPool {
  readonly #options: ThreadPoolOptions;
  readonly #modules: ThreadPoolModules;
  readonly #members = new Set<Member>();
  readonly #queue: Job[] = [];
  #isClosed = false;
  #onEmpty: (() => void) | undefined;

  constructor(options: ThreadPoolOptions, modules: ThreadPoolModules) {
    this.#options = options;
    this.#modules = modules;
  }

  /**
   * @throws RpcError `SERVER_BUSY` when too many jobs wait or the pool is closed; whatever ends the thread meanwhile
   * rejects as `INTERNAL_ERROR`
   */
  run(job: unknown): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(stopping());
    if (this.#queue.length >= this.#options.maxQueued) {
      return Promise.reject(busy('limit exceeded: too many calls wait'));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, arrivedAt: this.#modules.clock.now(), resolve, reject });
      this.#dispatch();
    });
  }

  /** Lets the threads finish what they do; what waits, and what comes later, is refused. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { reject } of this.#queue.splice(0)) reject(stopping());
    if (this.#members.size === 0) return;
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    for (const member of this.#members) this.#end(member);
    await empty;
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const member = this.#idleMember() ?? this.#startMember();
      if (member === undefined) return;
      const next = this.#nextInTime();
      if (next === undefined) return;
      member.cancelIdle();
      member.current = next;
      member.thread.post({ kind: 'job', job: next.job } satisfies JobMessage);
    }
  }

  #nextInTime(): Job | undefined {
    const oldest = this.#modules.clock.now() - this.#options.maxWaitMs;
    for (let job = this.#queue.shift(); job !== undefined; job = this.#queue.shift()) {
      if (job.arrivedAt >= oldest) return job;
      job.reject(busy('limit exceeded: the call has waited for too long'));
    }
    return undefined;
  }

  #idleMember(): Member | undefined {
    for (const member of this.#members) {
      if (member.current === undefined && !member.isClosing) return member;
    }
    return undefined;
  }

  #startMember(): Member | undefined {
    if (this.#members.size >= this.#options.maxThreads) return undefined;
    const member: Member = {
      thread: this.#modules.start(),
      current: undefined,
      isClosing: false,
      cancelIdle: () => {},
    };
    this.#members.add(member);
    member.thread.listen((reply: JobReply) => {
      if (reply.kind === 'log') writeLog(this.#modules.logger, reply);
      else this.#answered(member, reply.answer);
    });
    member.thread.onEnd((error) => this.#ended(member, error));
    return member;
  }

  #answered(member: Member, answer: unknown): void {
    member.current?.resolve(answer);
    member.current = undefined;
    this.#dispatch();
    if (member.current !== undefined || member.isClosing) return;
    member.cancelIdle = this.#modules.clock.after(this.#options.idleMs, () => this.#end(member));
  }

  /** It takes no more jobs; a job under way is still answered. */
  #end(member: Member): void {
    member.cancelIdle();
    member.isClosing = true;
    member.thread.post({ kind: 'close' } satisfies JobMessage);
  }

  #ended(member: Member, error: Error | undefined): void {
    member.cancelIdle();
    this.#members.delete(member);
    if (error !== undefined) {
      this.#modules.logger.error('a worker thread failed', { error: String(error) });
    }
    member.current?.reject(
      new RpcError(RpcErrorCode.Internal, 'internal error', { cause: error, retryable: true }),
    );
    if (this.#members.size === 0) this.#onEmpty?.();
    this.#dispatch();
  }
}

function busy(message: string): RpcError {
  return new RpcError(RpcErrorCode.Busy, message, { retryable: true });
}

const stopping = () => busy('the node is stopping');
