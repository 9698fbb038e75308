/** Milliseconds; null when nothing was measured. */
export interface Latency {
  readonly p50: number | null;
  readonly p99: number | null;
}

/** By nearest rank. */
export function latencyOf(samples: readonly number[]): Latency {
  const sorted = Float64Array.from(samples).sort();
  const rank = (fraction: number) =>
    sorted.length === 0 ? null : sorted[Math.ceil(fraction * sorted.length) - 1];
  return { p50: rank(0.5), p99: rank(0.99) };
}
