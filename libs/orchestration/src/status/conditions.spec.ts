import { dropCondition, setCondition } from './conditions.js';

const healthy = { type: 'Healthy', status: true, reason: 'SERVING', message: 'ok' } as const;
const dead = { type: 'Healthy', status: false, reason: 'PROCESS_DIED', message: 'gone' } as const;

it('notes when a condition flips, not when its words change', () => {
  const first = setCondition([], healthy, 1_000);
  expect(setCondition(first, healthy, 2_000)).toBe(first);
  const reworded = setCondition(first, { ...healthy, message: 'still ok' }, 2_000);
  expect(reworded[0].lastTransitionAt).toBe(new Date(1_000).toISOString());
  const flipped = setCondition(reworded, dead, 3_000);
  expect(flipped).toEqual([{ ...dead, lastTransitionAt: new Date(3_000).toISOString() }]);
});

it('drops one, and says by identity that there was none', () => {
  const list = setCondition([], healthy, 1_000);
  expect(dropCondition(list, 'CrashLoop')).toBe(list);
  expect(dropCondition(list, 'Healthy')).toEqual([]);
});
