import { RestartPolicy } from './restart-policy.js';

const options = {
  freeEarlyDeaths: 2,
  earlyDeathBackOff: { firstMs: 1_000, maxMs: 4_000 },
  burst: 3,
  refillMs: 10_000,
  sustainedDelayMs: 2_000,
};

it('backs off an instance that dies before it serves', () => {
  const policy = new RestartPolicy(options);
  const delays = [1, 2, 3, 4, 5, 6].map(() => policy.died('a', false, 0).delayMs);
  expect(delays).toEqual([0, 0, 1_000, 2_000, 4_000, 4_000]);
  expect(policy.died('b', false, 0)).toEqual({ delayMs: 0, crashLoop: false });
});

it('starts counting anew once it has served', () => {
  const policy = new RestartPolicy(options);
  expect(policy.diesEarly('a')).toBe(false);
  for (let i = 0; i < 4; i++) policy.died('a', false, 0);
  expect(policy.diesEarly('a')).toBe(true);
  policy.served('a');
  expect(policy.diesEarly('a')).toBe(false);
  expect(policy.died('a', false, 0)).toEqual({ delayMs: 0, crashLoop: false });
});

it('brings back what had served at once, within a budget that refills', () => {
  const policy = new RestartPolicy(options);
  const die = (now: number) => policy.died('a', true, now);
  expect([0, 0, 0, 0].map((now) => die(now).delayMs)).toEqual([0, 0, 0, 2_000]);
  expect(die(9_999).crashLoop).toBe(true);
  expect(die(10_000)).toEqual({ delayMs: 0, crashLoop: false });
  expect(die(10_001).crashLoop).toBe(true);
});
