/** Slots that passed without a block, judged by the times between the blocks' arrivals; half a slot late is late, not missed. */
export function missedSlots(intervals: readonly number[], slotMs: number): number {
  return intervals.reduce(
    (sum, interval) => sum + Math.max(0, Math.round(interval / slotMs) - 1),
    0,
  );
}
