/** One promise, what was measured, and whether it holds. */
export interface Verdict {
  readonly promise: string;
  readonly measured: string;
  readonly holds: boolean;
}

/** Prints one line for each; false when any promise is broken. */
export function printVerdicts(verdicts: readonly Verdict[]): boolean {
  for (const { promise, measured, holds } of verdicts) {
    console.log(`${holds ? 'holds ' : 'BROKEN'}  ${promise}: ${measured}`);
  }
  return verdicts.every((verdict) => verdict.holds);
}
