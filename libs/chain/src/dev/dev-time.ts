import type { StateStore, WriteBatch } from '@flotilla/state';
import type { Header } from '../block/types.js';

export const DEV_TIME_KEY = new TextEncoder().encode('dev.time');

/**
 * What a development chain's users have asked of its clock, in seconds, as Hardhat has it. Kept in the store, so that
 * it survives a restart and readers beside the writer know it.
 */
export interface DevTime {
  /** Added to the real time. */
  readonly offset: number;
  /** Timestamp of the next block alone. */
  readonly next?: number;
  /** Between a block and its parent, instead of any clock. */
  readonly spacing?: number;
}

/** Undefined as long as nobody has asked for anything. */
export function loadDevTime(store: StateStore): DevTime | undefined {
  return decodeDevTime(store.get('meta', DEV_TIME_KEY));
}

export function decodeDevTime(record: Uint8Array | undefined): DevTime | undefined {
  return record && (JSON.parse(new TextDecoder().decode(record)) as DevTime);
}

export function saveDevTime(batch: WriteBatch, time: DevTime): void {
  batch.put('meta', DEV_TIME_KEY, new TextEncoder().encode(JSON.stringify(time)));
}

/** Seconds since the Unix epoch of a block that is made now. Once the clock was touched, no two blocks share one. */
export function timestampAfter(
  parent: Pick<Header, 'timestamp'>,
  nowSeconds: number,
  time: DevTime | undefined,
): number {
  if (time === undefined) return Math.max(nowSeconds, parent.timestamp);
  if (time.next !== undefined) return time.next;
  if (time.spacing !== undefined) return parent.timestamp + time.spacing;
  return Math.max(nowSeconds + time.offset, parent.timestamp + 1);
}

/** The same for what is estimated now and sent in a moment: a second later, unless the timestamp is certain. */
export function upcomingTimestamp(
  head: Pick<Header, 'timestamp'>,
  nowSeconds: number,
  time: DevTime | undefined,
): number {
  if (time?.next !== undefined || time?.spacing !== undefined) {
    return timestampAfter(head, nowSeconds, time);
  }
  return Math.max(nowSeconds + (time?.offset ?? 0), head.timestamp) + 1;
}

/** The clock once a block has been made: it goes on from the block's timestamp if that was ahead of it. */
export function timeAfterBlock(time: DevTime, timestamp: number, nowSeconds: number): DevTime {
  const { spacing } = time;
  const isSet = time.next !== undefined || spacing !== undefined;
  const offset = isSet ? timestamp - nowSeconds : Math.max(time.offset, timestamp - nowSeconds);
  return spacing === undefined ? { offset } : { offset, spacing };
}
