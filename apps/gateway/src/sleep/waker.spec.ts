import { silentLogger } from '@flotilla/common';
import { SimulatedClock } from '@flotilla/testing';
import { RouteTable } from '../routes/route-table.js';
import { Waker, type WakerOptions } from './waker.js';

const never = new AbortController().signal;

function setup(options: Partial<WakerOptions> = {}) {
  const clock = new SimulatedClock();
  const routes = new RouteTable(clock);
  const asked: string[] = [];
  const held = { now: 0 };
  let answers: () => void | Promise<void> = () => {};
  const waker = new Waker(
    {
      holdMs: 30_000,
      maxHeldPerChain: 3,
      maxHeld: 5,
      wakesPerMinute: 12,
      ...options,
    },
    {
      routes,
      clock,
      logger: silentLogger,
      ask: async (chain) => {
        asked.push(chain);
        await answers();
      },
      metrics: {
        woken() {},
        held: (_, change) => {
          held.now += change;
        },
      },
    },
  );
  const set = (name: string, phase: string) => routes.set({ name, chainId: 1, phase });
  for (const name of ['a', 'b', 'c']) set(name, 'Sleeping');
  const wake = (chain: string, client = 'me', cancelled = never) =>
    waker.wake({ chain, client, keyHash: undefined }, cancelled);
  return {
    clock,
    asked,
    held,
    set,
    wake,
    close: () => waker.close(),
    failWith: (fail: () => void) => {
      answers = fail;
    },
    answerAfter: (answer: Promise<void>) => {
      answers = () => answer;
    },
  };
}

describe('Waker', () => {
  it('asks once, however many need the chain, and lets them go when it is awake', async () => {
    const { asked, held, set, wake } = setup();
    const all = Promise.all([wake('a'), wake('a', 'you'), wake('a')]);
    expect(held.now).toBe(3);
    set('a', 'Running');
    await all;
    expect(asked).toEqual(['a']);
    expect(held.now).toBe(0);
  });

  it('does not wake again what was awake before the answer came, and has fallen asleep since', async () => {
    const { answerAfter, asked, clock, set, wake } = setup();
    let answer = () => {};
    answerAfter(
      new Promise((resolve) => {
        answer = resolve;
      }),
    );
    const woken = wake('a');
    set('a', 'Running');
    await woken;
    answer();
    await clock.advance(10);
    set('a', 'Sleeping');
    await clock.advance(10);
    expect(asked).toEqual(['a']);
  });

  it('holds no more than so many, for one chain and for all', async () => {
    const { wake, set } = setup({ wakesPerMinute: 60 });
    const waiting = ['a', 'a', 'a', 'b', 'b'].map((name) => wake(name));
    const refused = { code: 'LIMIT_EXCEEDED', data: { limit: 'held' } };
    await expect(wake('a')).rejects.toMatchObject(refused);
    await expect(wake('c')).rejects.toMatchObject(refused);
    for (const name of ['a', 'b']) set(name, 'Running');
    await Promise.all(waiting);
  });

  it('lets a client wake no more chains than its budget', async () => {
    const { clock, asked, set, wake } = setup();
    const woken = [wake('a'), wake('b')];
    await expect(wake('c')).rejects.toMatchObject({
      code: 'WAKE_BUDGET',
      status: 429,
      data: { limit: 'wakes', retryAfterMs: 5_000 },
    });
    // Whoever comes to a chain that is being woken costs nothing.
    woken.push(wake('a'), wake('c', 'another'));
    await clock.advance(5_000);
    for (const name of ['a', 'b', 'c']) set(name, 'Running');
    await Promise.all(woken);
    expect(asked).toEqual(['a', 'b', 'c']);
    set('b', 'Sleeping');
    const again = wake('b');
    set('b', 'Running');
    await again;
  });

  it('asks again while the control plane is gone, and gives up in the end', async () => {
    const { clock, asked, wake, failWith } = setup();
    failWith(() => {
      throw new Error('no answer');
    });
    const outcome = wake('a').catch((error) => error.code);
    await clock.advance(0);
    await clock.advance(2_000);
    expect(asked.length).toBeGreaterThanOrEqual(4);
    await clock.advance(30_000);
    expect(await outcome).toBe('CHAIN_UNAVAILABLE');
  });

  it('asks no more once it is closed', async () => {
    const { clock, asked, wake, close, failWith } = setup();
    failWith(() => {
      throw new Error('no answer');
    });
    const outcome = wake('a').catch((error) => error.code);
    await clock.advance(0);
    close();
    await clock.advance(2_000);
    expect(asked).toEqual(['a']);
    await clock.advance(30_000);
    expect(await outcome).toBe('CHAIN_UNAVAILABLE');
  });

  it('forgets a client that went away', async () => {
    const { clock, held, wake } = setup();
    const gone = new AbortController();
    const outcome = wake('a', 'me', gone.signal).catch((error) => error.code);
    gone.abort();
    await clock.advance(300);
    expect(await outcome).toBe('CHAIN_UNAVAILABLE');
    expect(held.now).toBe(0);
  });
});
