import type { Clock, Logger } from '@flotilla/common';
import { deadlineExceeded, RpcError, RpcErrorCode } from '@flotilla/rpc';
import { type LogMessage, writeLog } from './channel-logger.js';
import { JobQueue } from './job-queue.js';
import type { JobMessage, JobReply } from './jobs.js';
import type { Thread } from './thread.js';

export interface ThreadPoolOptions {
  readonly maxThreads: number;
  /** Jobs that wait for a thread; more are refused. */
  readonly maxQueued: number;
  /**
   * A job that has waited for so long is refused: whoever asked has given up, and others wait behind it. It doesn't count
   * until there is a thread at all, which is slow to start where processors are scarce.
   */
  readonly maxWaitMs: number;
  /** A thread that had nothing to do for so long ends; the last one stays ten times as long. */
  readonly idleMs: number;
}

export interface ThreadPoolModules {
  readonly start: () => Thread;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface JobOptions {
  /** Whose job it is; without one it has no share to keep to. */
  readonly owner?: unknown;
  /** Unix milliseconds: not begun afterwards. */
  readonly deadline?: number;
  /** True when nobody waits for the answer any more: not begun then, and what is under way is told to stop. */
  readonly isGone?: () => boolean;
  /** Memory in the job that is handed over instead of copied. */
  readonly transfer?: readonly ArrayBuffer[];
}

interface Job extends JobOptions {
  /** Not 0, which stands for no job. */
  readonly id: number;
  readonly owner: unknown;
  readonly job: unknown;
  readonly arrivedAt: number;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

interface Member {
  readonly thread: Thread;
  current: Job | undefined;
  /** Shared with the thread: the id of a job that it need not finish. */
  readonly abandoned: Int32Array;
  /** Until then it loads its code, which takes longer than most jobs. */
  isReady: boolean;
  isClosing: boolean;
  cancelIdle: () => void;
}

/** How often the callers of jobs under way are looked after. */
const GONE_POLL_MS = 50;
const MAX_ID = 2 ** 31 - 1;
/**
 * To start a thread takes what some hundred short jobs take, and takes it from them: nobody is started beside another
 * for jobs that have waited less.
 */
const PATIENCE_MS = 100;
/** Times the idle time of the others. */
const LAST_STAYS = 10;

/**
 * Threads that do one job at a time, started one after the other when there is more to do than the present ones take.
 * Owners of jobs take turns, and none has all of the threads, or all of the places in the queue, while others want
 * some.
 */
export class ThreadPool {
  readonly #options: ThreadPoolOptions;
  #maxThreads: number;
  readonly #modules: ThreadPoolModules;
  readonly #members = new Set<Member>();
  readonly #queue = new JobQueue<Job>();
  #starting = 0;
  /** Since when there has been a thread that works. */
  #worksSince = 0;
  #lastId = 0;
  #isWatching = false;
  /** Since when jobs wait that the present threads don't come to. */
  #shortSince: number | undefined;
  #cancelGrowth: () => void = () => {};
  #isClosed = false;
  #onEmpty: (() => void) | undefined;

  constructor(options: ThreadPoolOptions, modules: ThreadPoolModules) {
    this.#options = options;
    this.#maxThreads = options.maxThreads;
    this.#modules = modules;
  }

  /**
   * @throws RpcError `SERVER_BUSY` when too many jobs wait or the pool is closed; whatever ends the thread meanwhile
   * rejects as `INTERNAL_ERROR`; `DEADLINE_EXCEEDED`
   */
  run(job: unknown, options: JobOptions = {}): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(stopping());
    if (this.#queue.size >= this.#options.maxQueued && !this.#makeRoom(options.owner)) {
      return Promise.reject(tooMany());
    }
    return new Promise((resolve, reject) => {
      const arrivedAt = this.#modules.clock.now();
      const id = this.#nextId();
      this.#queue.push({ owner: undefined, ...options, id, job, arrivedAt, resolve, reject });
      this.#dispatch();
    });
  }

  /** Jobs that wait for a thread. */
  get queued(): number {
    return this.#queue.size;
  }

  /** So many threads at most from now on; those that are too many end once they are idle. */
  resize(maxThreads: number): void {
    this.#maxThreads = maxThreads;
    this.#dispatch();
  }

  /** Threads started from now on do the work; the present ones finish what they do and end. */
  renew(): void {
    for (const member of this.#members) if (!member.isClosing) this.#end(member);
  }

  /** Lets the threads finish what they do; what waits, and what comes later, is refused. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelGrowth();
    for (const { reject } of this.#queue.clear()) reject(stopping());
    if (this.#members.size === 0) return;
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    for (const member of this.#members) this.#end(member);
    await empty;
  }

  #dispatch(): void {
    for (let member = this.#idleMember(); member !== undefined; member = this.#idleMember()) {
      const next = this.#nextInTime();
      if (next === undefined) break;
      member.cancelIdle();
      member.current = next;
      const { id, job, transfer = [] } = next;
      member.thread.post({ kind: 'job', id, job } satisfies JobMessage, transfer);
      if (next.isGone !== undefined) this.#watch();
    }
    this.#grow();
  }

  /** What waits goes to whoever is free first, one that is busy now or one that starts. */
  #grow(): void {
    this.#cancelGrowth();
    if (this.#waiting() === 0) {
      this.#shortSince = undefined;
      return;
    }
    if (this.#starting > 0 || this.#members.size >= this.#maxThreads) return;
    const now = this.#modules.clock.now();
    this.#shortSince ??= now;
    const patienceMs = this.#members.size === 0 ? 0 : this.#shortSince + PATIENCE_MS - now;
    if (patienceMs > 0) {
      this.#cancelGrowth = this.#modules.clock.after(patienceMs, () => this.#grow());
      return;
    }
    this.#shortSince = undefined;
    this.#startMember();
  }

  #nextId(): number {
    this.#lastId = this.#lastId === MAX_ID ? 1 : this.#lastId + 1;
    return this.#lastId;
  }

  /** Stops, every so often, what is under way for callers that have gone, until nothing is under way. */
  #watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#modules.clock.after(GONE_POLL_MS, () => {
      this.#isWatching = false;
      for (const { abandoned, current } of this.#members) {
        if (current?.isGone === undefined) continue;
        if (current.isGone()) Atomics.store(abandoned, 0, current.id);
        this.#watch();
      }
    });
  }

  #nextInTime(): Job | undefined {
    const now = this.#modules.clock.now();
    for (let job = this.#next(); job !== undefined; job = this.#next()) {
      if (job.deadline !== undefined && now >= job.deadline) job.reject(deadlineExceeded());
      else if (job.isGone?.()) job.reject(abandoned());
      else if (now - Math.max(job.arrivedAt, this.#worksSince) > this.#options.maxWaitMs) {
        job.reject(busy('limit exceeded: the call has waited for too long'));
      } else return job;
    }
    return undefined;
  }

  #next(): Job | undefined {
    return this.#queue.shift((owner) => this.#mayHaveThread(owner));
  }

  /** One thread is left to others, where there are several. */
  #mayHaveThread(owner: unknown): boolean {
    const maxThreads = this.#maxThreads;
    if (owner === undefined || maxThreads === 1) return true;
    let running = 0;
    for (const { current } of this.#members) if (current?.owner === owner) running++;
    return running < maxThreads - 1;
  }

  /** Jobs that a new thread could do. */
  #waiting(): number {
    return this.#queue.count((owner) => this.#mayHaveThread(owner));
  }

  /** For a newcomer, whoever has most of the waiting jobs loses the last of them. */
  #makeRoom(owner: unknown): boolean {
    if (owner === undefined) return false;
    const lost = this.#queue.popLongest(this.#queue.sizeOf(owner) + 1);
    lost?.reject(tooMany());
    return lost !== undefined;
  }

  #idleMember(): Member | undefined {
    for (const member of this.#members) {
      if (member.isReady && member.current === undefined && !member.isClosing) return member;
    }
    return undefined;
  }

  #startMember(): void {
    this.#starting++;
    const member: Member = {
      thread: this.#modules.start(),
      current: undefined,
      abandoned: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
      isReady: false,
      isClosing: false,
      cancelIdle: () => {},
    };
    this.#members.add(member);
    member.thread.listen((reply: JobReply) => {
      if (reply.kind === 'log') writeLog(this.#modules.logger, reply);
      else this.#freed(member, reply);
    });
    member.thread.onEnd((error) => this.#ended(member, error));
  }

  #freed(member: Member, reply: Exclude<JobReply, LogMessage>): void {
    if (reply.kind === 'ready') {
      const isFirst = ![...this.#members].some((other) => other.isReady && !other.isClosing);
      if (isFirst) this.#worksSince = this.#modules.clock.now();
      member.isReady = true;
      this.#starting--;
      member.thread.post({ kind: 'abandoned', id: member.abandoned } satisfies JobMessage);
    } else member.current?.resolve(reply.answer);
    member.current = undefined;
    this.#dispatch();
    if (member.current !== undefined || member.isClosing) return;
    const { clock } = this.#modules;
    const { idleMs } = this.#options;
    const end = () => this.#end(member);
    member.cancelIdle = clock.after(idleMs, () => {
      if (this.#members.size > 1) end();
      else member.cancelIdle = clock.after((LAST_STAYS - 1) * idleMs, end);
    });
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
    if (!member.isReady) this.#starting--;
    // One that could not even start is not replaced for ever: each failure costs somebody an answer.
    const lost = member.isReady ? member.current : this.#queue.shift();
    lost?.reject(
      new RpcError(RpcErrorCode.Internal, 'internal error', { cause: error, retryable: true }),
    );
    if (this.#members.size === 0) this.#onEmpty?.();
    this.#dispatch();
  }
}

function busy(message: string): RpcError {
  return new RpcError(RpcErrorCode.Busy, message, { retryable: true });
}

/** Nobody reads it. */
const abandoned = () => new RpcError(RpcErrorCode.DeadlineExceeded, 'the caller has gone');
const tooMany = () => busy('limit exceeded: too many calls wait');
const stopping = () => busy('the node is stopping');
