import { SimulatedClock } from '@flotilla/testing';
import { DeadlineClock } from './deadline-clock.js';

it('is later than any time-out once the deadline is over', async () => {
  const real = new SimulatedClock();
  const clock = new DeadlineClock(real);
  expect(clock.now()).toBe(real.now());
  clock.deadline = real.now() + 100;
  const timeOut = clock.now() + 5_000;
  await real.advance(99);
  expect(clock.isOver).toBe(false);
  expect(clock.now()).toBeLessThan(timeOut);
  await real.advance(1);
  expect(clock.isOver).toBe(true);
  expect(clock.now()).toBeGreaterThan(timeOut);
  clock.deadline = undefined;
  expect(clock.now()).toBe(real.now());
  clock.isAbandoned = () => true;
  expect(clock.now()).toBeGreaterThan(timeOut);
});

it('says once that a job takes long', async () => {
  const real = new SimulatedClock();
  const clock = new DeadlineClock(real);
  for (let job = 0; job < 2; job++) {
    let told = 0;
    clock.whenLonger(50, () => told++);
    await real.advance(49);
    clock.now();
    expect(told).toBe(0);
    await real.advance(1);
    clock.now();
    clock.now();
    expect(told).toBe(1);
  }
});
