import { BlockSlot } from './block-slot.js';

const INTERVAL_MS = 1_000;
const LOOKS = 3;

/** More than nothing, so that a chain that is promised nothing has had more than its promise. */
function compute(): void {
  const end = process.cpuUsage().user + 5_000;
  while (process.cpuUsage().user < end);
}

/** A chain whose writer has waited so long for a processor before its newest block, which was made at 0. */
function after(...waits: number[]): BlockSlot {
  let delayMs = 0;
  const slot = new BlockSlot(undefined, () => delayMs);
  slot.next((1 - waits.length) * INTERVAL_MS, -waits.length * INTERVAL_MS);
  for (const [index, wait] of waits.entries()) {
    delayMs += wait;
    const made = (index + 1 - waits.length) * INTERVAL_MS;
    slot.next(made + INTERVAL_MS, made);
  }
  compute();
  return slot;
}

/** Whether who computes at this moment waits, until it is over. */
function givesWay(slot: BlockSlot, now: number, promisedMillis = 0): boolean {
  let looks = 0;
  const isOver = () => ++looks === LOOKS;
  slot.giveWay(promisedMillis, () => now, isOver);
  return looks === LOOKS;
}

it('nobody gives way where the writer waits for no processor, however late the block is', () => {
  expect(givesWay(after(0), 2 * INTERVAL_MS)).toBe(false);
  expect(givesWay(after(15), 2 * INTERVAL_MS)).toBe(false);
});

it('who computes gives way to the next block as long ahead as the writer had to wait', () => {
  const slot = after(200);
  expect(givesWay(slot, 799)).toBe(false);
  expect(givesWay(slot, 800)).toBe(true);
  expect(givesWay(slot, 1_500)).toBe(true);
});

it('waits for no block that something else keeps back', () => {
  expect(givesWay(after(200), 2_999)).toBe(true);
  expect(givesWay(after(200), 3_001)).toBe(false);
});

it('has half of the time between two blocks for itself', () => {
  const slot = after(10_000);
  expect(givesWay(slot, 499)).toBe(false);
  expect(givesWay(slot, 500)).toBe(true);
});

it('forgets a wait within some blocks', () => {
  expect(givesWay(after(200, 0), 820)).toBe(false);
  expect(givesWay(after(200, 0), 840)).toBe(true);
  expect(givesWay(after(200, ...Array(12).fill(0)), INTERVAL_MS)).toBe(false);
});

it('a chain that has had less than its promise goes on', () => {
  const slot = after(200);
  expect(givesWay(slot, 1_000, 1_000)).toBe(false);
  expect(givesWay(slot, 1_000, 1)).toBe(true);
});

it('nobody waits for a block that nobody plans', () => {
  const slot = after(200);
  slot.next(undefined, 0);
  expect(givesWay(slot, INTERVAL_MS)).toBe(false);
});

it('is about the last second where blocks are far apart', () => {
  let delayMs = 0;
  const slot = new BlockSlot(undefined, () => delayMs);
  slot.next(0, -60_000);
  delayMs = 6_000;
  slot.next(60_000, 0);
  compute();
  expect(givesWay(slot, 59_899)).toBe(false);
  expect(givesWay(slot, 59_900)).toBe(true);
  slot.next(120_000, 60_000);
  compute();
  expect(givesWay(slot, 120_000)).toBe(false);
});

it('goes on as before when the same block is planned again', () => {
  const slot = after(200);
  slot.next(INTERVAL_MS, 999);
  expect(givesWay(slot, INTERVAL_MS)).toBe(true);
});

it('lets everybody go on for good when the node stops', () => {
  const slot = after(200);
  slot.close();
  slot.next(2 * INTERVAL_MS, INTERVAL_MS);
  expect(givesWay(slot, INTERVAL_MS)).toBe(false);
  expect(givesWay(slot, 2 * INTERVAL_MS)).toBe(false);
});

it('says how long who gave way stood still', () => {
  const slot = after(200);
  const times = [900, 910, 925, 990];
  slot.giveWay(
    0,
    () => times.shift()!,
    () => times.length === 0,
  );
  expect(slot.takeRestedMs()).toBe(90);
  expect(slot.takeRestedMs()).toBe(0);
});

it('a block that is made lets everybody go on', () => {
  const slot = after(200);
  let looks = 0;
  const isOver = () => {
    if (++looks === LOOKS) slot.next(3 * INTERVAL_MS, 1_000);
    return looks > LOOKS;
  };
  slot.giveWay(0, () => 1_000, isOver);
  expect(looks).toBe(LOOKS);
});
