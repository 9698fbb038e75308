/** The middle value; the mean of the two in the middle when there are as many below as above. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The smallest value that at least `fraction` of all are not above (nearest rank). NaN of nothing. */
export function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)] ?? Number.NaN;
}

/** The median of what two peers did in the same rounds, one divided by the other. */
export function medianRatio(ours: readonly number[], theirs: readonly number[]): number {
  const rounds = Math.min(ours.length, theirs.length);
  return median(Array.from({ length: rounds }, (_, round) => ours[round] / theirs[round]));
}

/** The medians of the four quarters of a series: the last two say whether it still grows. */
export function quarterMedians(values: readonly number[]): number[] {
  const edge = (quarter: number) => Math.floor((quarter * values.length) / 4);
  return [0, 1, 2, 3].map((quarter) => median(values.slice(edge(quarter), edge(quarter + 1))));
}

export interface Distribution {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export function distributionOf(values: readonly number[]): Distribution {
  const [p50, p90, p95, p99, max] = [0.5, 0.9, 0.95, 0.99, 1].map((fraction) =>
    percentile(values, fraction),
  );
  return { count: values.length, p50, p90, p95, p99, max };
}
