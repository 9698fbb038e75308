import { SimulatedClock } from '@flotilla/testing';
import { Repeater } from './repeater.js';

function setup(when?: () => boolean) {
  const clock = new SimulatedClock();
  const startedAt = clock.now();
  const runs: number[] = [];
  const errors: unknown[] = [];
  const repeater = new Repeater(
    {
      intervalMs: 1_000,
      ...(when && { quiet: { intervalMs: 5_000, when } }),
      run: () => {
        runs.push(clock.now() - startedAt);
        if (runs.length === 1) throw new Error('once');
      },
      onError: (error) => errors.push(error),
    },
    { clock },
  );
  repeater.start();
  return { clock, runs, errors, repeater };
}

describe('Repeater', () => {
  it('goes on after a failure, and ends when it is stopped', async () => {
    const { clock, runs, errors, repeater } = setup();
    await clock.advance(2_500);
    expect(runs).toEqual([1_000, 2_000]);
    expect(errors).toHaveLength(1);
    await repeater.stop();
    repeater.wake();
    await clock.advance(10_000);
    expect(runs).toHaveLength(2);
  });

  it('looks seldom while there is nothing to do', async () => {
    const { clock, runs } = setup(() => true);
    await clock.advance(11_500);
    expect(runs).toEqual([1_000, 6_000, 11_000]);
  });

  it('runs soon when it is woken, and no sooner however often', async () => {
    let isQuiet = true;
    const { clock, runs, repeater } = setup(() => isQuiet);
    await clock.advance(1_500);
    isQuiet = false;
    repeater.wake();
    await clock.advance(500);
    repeater.wake();
    await clock.advance(1_600);
    expect(runs).toEqual([1_000, 2_500, 3_500]);
  });
});
