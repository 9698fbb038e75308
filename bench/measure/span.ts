import type { SeenBlock } from './block-watch.js';

/** The part of a load that speed is measured by. Times are `performance.now()`'s. */
export interface Span {
  readonly from: number;
  readonly to: number;
  /** Those with transactions that were seen after `from`. */
  readonly blocks: readonly SeenBlock[];
}

export interface Marks {
  readonly startedAt: number;
  /** When the warm-up is over; `startedAt` if there is none. */
  readonly warmAt: number;
  /** When the last transaction was accepted. */
  readonly sentAt: number;
}

/**
 * Without a warm-up the whole load, from the first send to the sight of its last block. With one, the time between two
 * blocks: the first that was seen after the warm-up and the last that was seen while more was still being sent. Neither
 * the start nor the last, partial block count then. A load that is over too soon for that is measured whole.
 */
export function spanOf(all: readonly SeenBlock[], { startedAt, warmAt, sentAt }: Marks): Span {
  const filled = all.filter((block) => block.transactions > 0);
  const first = warmAt > startedAt ? filled.find((block) => block.seenAt >= warmAt) : undefined;
  const steady = filled.filter(
    ({ seenAt }) => first !== undefined && seenAt > first.seenAt && seenAt <= sentAt,
  );
  const from = first === undefined || steady.length === 0 ? startedAt : first.seenAt;
  const blocks = steady.length === 0 ? filled : steady;
  return { from, to: blocks.at(-1)?.seenAt ?? sentAt, blocks };
}
