/** A Prometheus histogram's cumulative counts, by upper bound. */
export type Buckets = ReadonlyMap<number, number>;

/** Reads one histogram without labels of its own from a scrape. */
export function bucketsOf(scrape: string, name: string): Buckets {
  const buckets = new Map<number, number>();
  const line = new RegExp(`^${name}_bucket\\{[^}]*le="([^"]+)"[^}]*\\} (\\S+)`, 'gm');
  for (const [, bound, count] of scrape.matchAll(line)) {
    buckets.set(bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound), Number(count));
  }
  return buckets;
}

/** The bound below which at least `fraction` of what came between two scrapes lies. NaN when nothing came. */
export function boundOf(before: Buckets, after: Buckets, fraction: number): number {
  const grown = [...after].map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)]);
  const total = Math.max(0, ...grown.map(([, count]) => count));
  if (total === 0) return Number.NaN;
  return Math.min(
    ...grown.filter(([, count]) => count >= fraction * total).map(([bound]) => bound),
  );
}
