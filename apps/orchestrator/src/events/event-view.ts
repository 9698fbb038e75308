import type { EventRecord } from '@flotilla/persistence';

/** An event as the API serves it; ids are texts there, so that they may one day be more than numbers. */
export interface EventView {
  readonly id: string;
  readonly at: string;
  readonly chain: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
}

export function toEventView({ id, at, chain, type, data }: EventRecord): EventView {
  return { id: String(id), at, chain, type, data };
}
