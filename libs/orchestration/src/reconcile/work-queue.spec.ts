import { SimulatedClock } from '@flotilla/testing';
import { WorkQueue } from './work-queue.js';

class Bench {
  readonly clock = new SimulatedClock(0);
  readonly started: string[] = [];
  readonly failures: { key: string; retryInMs: number }[] = [];
  readonly open = new Map<string, (outcome?: Error | number) => void>();
  readonly queue: WorkQueue;

  constructor(concurrency = 2) {
    this.queue = new WorkQueue(
      { concurrency, backOff: { firstMs: 100, maxMs: 1_000 } },
      {
        clock: this.clock,
        work: (key) => {
          this.started.push(key);
          return new Promise((resolve, reject) => {
            this.open.set(key, (outcome) => {
              this.open.delete(key);
              if (outcome instanceof Error) reject(outcome);
              else resolve(outcome === undefined ? {} : { requeueAfterMs: outcome });
            });
          });
        },
        onError: (key, _error, retryInMs) => this.failures.push({ key, retryInMs }),
      },
    );
  }

  async finish(key: string, outcome?: Error | number): Promise<void> {
    this.open.get(key)?.(outcome);
    await this.clock.advance(0);
  }
}

describe('WorkQueue', () => {
  it('bounds concurrency and works on a key once however often it is added', async () => {
    const bench = new Bench();
    for (const key of ['a', 'b', 'c', 'a', 'c']) bench.queue.add(key);
    expect(bench.started).toEqual(['a', 'b']);
    await bench.finish('b');
    expect(bench.started).toEqual(['a', 'b', 'c']);
  });

  it('runs a key that was added meanwhile once more, and never twice at a time', async () => {
    const bench = new Bench();
    bench.queue.add('a');
    bench.queue.add('a');
    bench.queue.add('a');
    expect(bench.started).toEqual(['a']);
    await bench.finish('a');
    expect(bench.started).toEqual(['a', 'a']);
    await bench.finish('a');
    expect(bench.started).toEqual(['a', 'a']);
  });

  it('backs a failing key off, exponentially, without delaying another', async () => {
    const bench = new Bench(1);
    bench.queue.add('bad');
    for (let i = 0; i < 6; i++) {
      await bench.finish('bad', new Error('no'));
      bench.queue.add('good');
      expect(bench.started.at(-1)).toBe('good');
      await bench.finish('good');
      await bench.clock.advance(bench.failures.at(-1)?.retryInMs ?? 0);
      expect(bench.started.at(-1)).toBe('bad');
    }
    expect(bench.failures.map((f) => f.retryInMs)).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it('forgets failures after a success', async () => {
    const bench = new Bench();
    bench.queue.add('a');
    await bench.finish('a', new Error('no'));
    await bench.clock.advance(100);
    await bench.finish('a', 50);
    await bench.clock.advance(50);
    await bench.finish('a', new Error('no'));
    expect(bench.failures.map((f) => f.retryInMs)).toEqual([100, 100]);
  });

  it('cuts a wait short when the key is added', async () => {
    const bench = new Bench();
    bench.queue.add('a');
    await bench.finish('a', 60_000);
    bench.queue.add('a');
    expect(bench.started).toEqual(['a', 'a']);
    await bench.finish('a');
    await bench.clock.advance(120_000);
    expect(bench.started).toEqual(['a', 'a']);
  });

  it('keeps the earlier of two waits', async () => {
    const bench = new Bench();
    bench.queue.addAfter('a', 100);
    bench.queue.addAfter('a', 500);
    await bench.clock.advance(100);
    expect(bench.started).toEqual(['a']);
    bench.queue.addAfter('b', 500);
    bench.queue.addAfter('b', 100);
    await bench.clock.advance(100);
    expect(bench.started).toEqual(['a', 'b']);
  });

  it('closes when what is under way has ended, and starts nothing more', async () => {
    const bench = new Bench(1);
    bench.queue.add('a');
    bench.queue.add('b');
    let closed = false;
    const closing = bench.queue.close().then(() => {
      closed = true;
    });
    await bench.clock.advance(0);
    expect(closed).toBe(false);
    await bench.finish('a', 1);
    await closing;
    bench.queue.add('c');
    await bench.clock.advance(10_000);
    expect(bench.started).toEqual(['a']);
  });
});
