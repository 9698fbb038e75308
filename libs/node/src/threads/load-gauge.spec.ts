import { LoadGauge } from './load-gauge.js';

it('tells the 99th percentile of what was answered since the last time, across threads', () => {
  const gauge = new LoadGauge();
  const serving = new LoadGauge(gauge.memory);
  for (let i = 0; i < 980; i++) serving.answered(0.05, 0);
  for (let i = 0; i < 20; i++) serving.answered(100, 3);
  const { queueDepth, readP99Ms } = gauge.read();
  expect(queueDepth).toBe(3);
  expect(readP99Ms).toBeGreaterThanOrEqual(100);
  expect(readP99Ms).toBeLessThan(150);
  for (let i = 0; i < 100; i++) serving.answered(1, 0);
  expect(gauge.read().readP99Ms).toBeLessThan(2);
  serving.answered(5_000, 0);
  expect(gauge.read().readP99Ms).toBe(0);
});
