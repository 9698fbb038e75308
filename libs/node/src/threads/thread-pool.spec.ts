import { silentLogger } from '@flotilla/common';
import { SimulatedClock } from '@flotilla/testing';
import type { JobMessage } from './jobs.js';
import type { Thread } from './thread.js';
import { ThreadPool } from './thread-pool.js';

class FakeThread implements Thread {
  readonly jobs: unknown[] = [];
  readonly ids: number[] = [];
  /** The id of the job that it need not finish. */
  abandoned: Int32Array = new Int32Array(1);
  reply: (message: unknown) => void = () => {};
  end: (error: Error | undefined) => void = () => {};

  constructor(private readonly isReadyAtOnce: boolean) {}

  post(message: unknown): void {
    const posted = message as JobMessage;
    if (posted.kind === 'close') this.end(undefined);
    else if (posted.kind === 'abandoned') this.abandoned = posted.id;
    else {
      this.jobs.push(posted.job);
      this.ids.push(posted.id);
    }
  }

  listen<Message>(handler: (message: Message) => void): void {
    this.reply = handler as (message: unknown) => void;
  }

  onEnd(handler: (error: Error | undefined) => void): void {
    this.end = handler;
    if (this.isReadyAtOnce) this.ready();
  }

  ready(): void {
    this.reply({ kind: 'ready' });
  }

  answer(answer: unknown): void {
    this.reply({ kind: 'answer', answer });
  }
}

function setup({
  isReadyAtOnce = true,
  ...options
}: {
  maxThreads?: number;
  maxQueued?: number;
  isReadyAtOnce?: boolean;
} = {}) {
  const threads: FakeThread[] = [];
  const clock = new SimulatedClock();
  const pool = new ThreadPool(
    { maxThreads: 2, maxQueued: 2, maxWaitMs: 500, idleMs: 1000, ...options },
    {
      clock,
      logger: silentLogger,
      start() {
        const thread = new FakeThread(isReadyAtOnce);
        threads.push(thread);
        return thread;
      },
    },
  );
  return { pool, threads, clock };
}

describe('ThreadPool', () => {
  it('has no thread before there is work, and then as many as jobs wait for, up to its limit', async () => {
    const { pool, threads, clock } = setup();
    expect(threads).toHaveLength(0);
    const answers = [pool.run('a'), pool.run('b'), pool.run('c')];
    expect(threads.map(({ jobs }) => jobs)).toEqual([['a']]);
    await clock.advance(100);
    expect(threads.map(({ jobs }) => jobs)).toEqual([['a'], ['b']]);
    threads[1].answer('B');
    expect(threads[1].jobs).toEqual(['b', 'c']);
    threads[0].answer('A');
    threads[1].answer('C');
    expect(await Promise.all(answers)).toEqual(['A', 'B', 'C']);
  });

  it('gives one thread one job at a time, and uses an idle one before it starts another', async () => {
    const { pool, threads } = setup();
    const first = pool.run(1);
    threads[0].answer('one');
    await first;
    void pool.run(2);
    expect(threads).toHaveLength(1);
  });

  it('takes more threads for what waits when it may have more', async () => {
    const { pool, threads, clock } = setup({ maxThreads: 1 });
    void pool.run(1);
    void pool.run(2);
    await clock.advance(100);
    expect(threads).toHaveLength(1);
    expect(pool.queued).toBe(1);
    pool.resize(2);
    await clock.advance(100);
    expect(threads).toHaveLength(2);
  });

  it('starts nobody beside another that starts, nor for what is done in an instant', async () => {
    const { pool, threads, clock } = setup({ maxQueued: 9, isReadyAtOnce: false });
    const answers = [1, 2, 3, 4].map((job) => pool.run(job));
    await clock.advance(200);
    expect(threads).toHaveLength(1);
    threads[0].ready();
    for (const answer of answers) {
      await clock.advance(4);
      threads[0].answer('done');
      await answer;
    }
    await clock.advance(100);
    expect(threads).toHaveLength(1);
  });

  it('refuses what would wait behind too many', async () => {
    const { pool } = setup({ maxThreads: 1, maxQueued: 1 });
    void pool.run(1);
    void pool.run(2);
    await expect(pool.run(3)).rejects.toMatchObject({ code: 'SERVER_BUSY', retryable: true });
  });

  it('refuses what has waited for too long, and goes on with what has not', async () => {
    const { pool, threads, clock } = setup({ maxThreads: 1 });
    void pool.run(1);
    const stale = pool.run(2);
    await clock.advance(501);
    const fresh = pool.run(3);
    threads[0].answer(1);
    await expect(stale).rejects.toMatchObject({ code: 'SERVER_BUSY', retryable: true });
    expect(threads[0].jobs).toEqual([1, 3]);
    threads[0].answer('three');
    expect(await fresh).toBe('three');
  });

  it('refuses nobody for the time that the first thread takes to start', async () => {
    const { pool, threads, clock } = setup({ maxThreads: 1, isReadyAtOnce: false });
    const early = pool.run(1);
    await clock.advance(2_000);
    threads[0].ready();
    expect(threads[0].jobs).toEqual([1]);
    const stale = pool.run(2);
    await clock.advance(501);
    threads[0].answer('one');
    expect(await early).toBe('one');
    await expect(stale).rejects.toMatchObject({ code: 'SERVER_BUSY' });
  });

  it('leaves a thread to others, and lets owners take turns', async () => {
    const { pool, threads, clock } = setup({ maxQueued: 9 });
    for (const job of ['a1', 'a2', 'a3']) void pool.run(job, { owner: 'a' });
    for (const job of ['b1', 'b2']) void pool.run(job, { owner: 'b' });
    const begun = () => threads.flatMap(({ jobs }) => jobs);
    await clock.advance(100);
    expect(begun()).toEqual(['a1', 'b1']);
    threads[0].answer('A1');
    expect(begun()).toContain('a2');
    threads[1].answer('B1');
    expect(begun()).toEqual(['a1', 'a2', 'b1', 'b2']);
  });

  it('takes the place of whoever has most when too many wait', async () => {
    const { pool } = setup({ maxThreads: 1, maxQueued: 3 });
    const flood = [0, 1, 2, 3].map((job) => pool.run(job, { owner: 'flood' }));
    const refused = { code: 'SERVER_BUSY', retryable: true };
    await expect(pool.run('more', { owner: 'flood' })).rejects.toMatchObject(refused);
    const quiet = pool.run('q', { owner: 'quiet' });
    await expect(flood[3]).rejects.toMatchObject(refused);
    await expect(Promise.race([quiet, Promise.resolve('waits')])).resolves.toBe('waits');
  });

  it('does not begin what is past its deadline', async () => {
    const { pool, threads, clock } = setup({ maxThreads: 1, isReadyAtOnce: false });
    const late = pool.run('late', { deadline: clock.now() + 100 });
    await clock.advance(100);
    threads[0].ready();
    await expect(late).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(threads.flatMap(({ jobs }) => jobs)).toEqual([]);
  });

  it('ends threads that have been idle, the last one later, and starts a new one when there is work again', async () => {
    const { pool, threads, clock } = setup();
    void pool.run(1);
    void pool.run(2);
    await clock.advance(100);
    threads[0].answer(1);
    threads[1].answer(2);
    await clock.advance(1_001);
    void pool.run(3);
    expect(threads.map(({ jobs }) => jobs)).toEqual([[1], [2, 3]]);
    threads[1].answer(3);
    await clock.advance(9_999);
    void pool.run(4);
    expect(threads.map(({ jobs }) => jobs)).toEqual([[1], [2, 3, 4]]);
    threads[1].answer(4);
    await clock.advance(10_000);
    void pool.run(5);
    expect(threads.map(({ jobs }) => jobs)).toEqual([[1], [2, 3, 4], [5]]);
  });

  it('begins nothing for a caller that has gone, and tells a thread to stop what it does for one', async () => {
    const { clock, pool, threads } = setup({ maxThreads: 1, maxQueued: 10 });
    let isGone = false;
    const options = { owner: 'gone', isGone: () => isGone };
    const running = pool.run(1, options);
    const dropped = expect(pool.run(2, options)).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    const other = pool.run(3, { owner: 'here', isGone: () => false });
    const [thread] = threads;
    await clock.advance(200);
    expect(thread.abandoned[0]).toBe(0);
    isGone = true;
    await clock.advance(50);
    expect(thread.abandoned[0]).toBe(thread.ids[0]);
    thread.answer('stopped');
    expect(await running).toBe('stopped');
    expect(thread.jobs).toEqual([1, 3]);
    await clock.advance(200);
    expect(thread.abandoned[0]).not.toBe(thread.ids[1]);
    thread.answer('three');
    expect(await other).toBe('three');
    await dropped;
  });

  it('rejects the job of a thread that dies, and goes on with another', async () => {
    const { pool, threads } = setup({ maxThreads: 1 });
    const lost = pool.run(1);
    const next = pool.run(2);
    threads[0].end(new Error('out of memory'));
    await expect(lost).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
    threads[1].answer('two');
    expect(await next).toBe('two');
  });

  it('gives what waits to whoever is free first, also when another thread still starts', async () => {
    const { pool, threads, clock } = setup({ isReadyAtOnce: false });
    const first = pool.run(1);
    threads[0].ready();
    const second = pool.run(2);
    await clock.advance(100);
    expect(threads.map(({ jobs }) => jobs)).toEqual([[1], []]);
    threads[0].answer('one');
    expect(threads.map(({ jobs }) => jobs)).toEqual([[1, 2], []]);
    threads[1].ready();
    threads[0].answer('two');
    expect(await Promise.all([first, second])).toEqual(['one', 'two']);
    void pool.run(3);
    expect(threads).toHaveLength(2);
  });

  it('rejects one job for each thread that fails to start', async () => {
    const { pool, threads } = setup({ maxThreads: 1, isReadyAtOnce: false });
    const [first, second] = [pool.run(1), pool.run(2)];
    threads[0].end(new Error('no memory'));
    await expect(first).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
    threads[1].end(new Error('no memory'));
    await expect(second).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
    expect(threads).toHaveLength(2);
  });

  it('closes when every thread has ended', async () => {
    const { pool, threads } = setup();
    void pool.run(1);
    threads[0].answer(1);
    await pool.close();
    expect(threads).toHaveLength(1);
  });

  it('refuses what waits when it closes, and starts no thread for what comes later', async () => {
    const { pool, threads } = setup({ maxThreads: 1 });
    void pool.run(1).catch(() => {});
    const waiting = pool.run(2);
    const refused = { code: 'SERVER_BUSY', message: 'the node is stopping' };
    const closed = pool.close();
    await expect(waiting).rejects.toMatchObject(refused);
    await closed;
    await expect(pool.run(3)).rejects.toMatchObject(refused);
    expect(threads).toHaveLength(1);
  });
});
