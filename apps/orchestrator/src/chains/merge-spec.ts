import type { ChainSpec } from '@flotilla/orchestration';

type Fields = Readonly<Record<string, unknown>>;

/** The deepest fields are those of `limits`' groups. */
const MERGE_DEPTH = 3;

/**
 * The spec after a PATCH, as RFC 7396 merges: `{sealing: {mode}}` leaves `sealing.intervalMs` as it was, null takes a
 * field away, except that `sleep.afterSeconds` is null for never. A price belongs to its mode: another mode without a price gets that mode's default.
 */
export function mergeSpec(spec: ChainSpec, change: Fields): unknown {
  const { mode, gasPrice } = isPlain(change.fees) ? change.fees : {};
  const isOtherMode = mode !== undefined && mode !== spec.fees.mode;
  const fees = isOtherMode && gasPrice === undefined ? {} : spec.fees;
  const merged = merge({ ...spec, fees }, change, MERGE_DEPTH);
  const isSleepless = isPlain(change.sleep) && change.sleep.afterSeconds === null;
  return isSleepless ? { ...merged, sleep: { afterSeconds: null } } : merged;
}

function merge(base: Fields, change: Fields, depth: number): Fields {
  const merged: Record<string, unknown> = { ...base };
  for (const [field, value] of Object.entries(change)) {
    const before = merged[field];
    if (value === null) delete merged[field];
    else if (depth > 1 && isPlain(value)) {
      merged[field] = merge(isPlain(before) ? before : {}, value, depth - 1);
    } else merged[field] = value;
  }
  return merged;
}

function isPlain(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
