import type { StateStore, WriteBatch } from '@flotilla/state';

export const TAMPERING_KEY = new TextEncoder().encode('dev.tampered');

/** That, and how, a development chain's history stopped being what its transactions alone lead to. */
export interface Tampering {
  /** The method, or what a block held, that did it first. */
  readonly by: string;
  /** The newest block at the time. */
  readonly block: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** Undefined on a chain that nobody has tampered with. For ever there otherwise. */
export function loadTampering(store: StateStore): Tampering | undefined {
  const record = store.get('meta', TAMPERING_KEY);
  if (record === undefined) return undefined;
  return JSON.parse(new TextDecoder().decode(record)) as Tampering;
}

export function saveTampering(batch: WriteBatch, tampering: Tampering): void {
  batch.put('meta', TAMPERING_KEY, new TextEncoder().encode(JSON.stringify(tampering)));
}
