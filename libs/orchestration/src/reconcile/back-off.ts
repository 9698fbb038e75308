export interface BackOffOptions {
  /** Delay after the first failure, in milliseconds; doubles with each further one. */
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Delay before the next try after `failures` (at least 1) failures in a row. */
export function backOffMs(failures: number, options: BackOffOptions): number {
  return Math.min(options.maxMs, options.firstMs * 2 ** Math.min(failures - 1, 30));
}
