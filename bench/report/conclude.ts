import type { Machine } from './machine.js';
import { saveResult } from './results.js';
import { printVerdicts, type Verdict } from './verdict.js';
import { writeSummaries } from './write-summaries.js';

/** Keeps what a bench measured with its verdicts, brings the tables up to it, and says the verdicts; false when a promise is broken. */
export function concludeBench<Result extends { readonly machine: Machine }>(
  name: string,
  result: Result,
  verdicts: readonly Verdict[],
): boolean {
  saveResult(`${name}.json`, { ...result, verdicts });
  writeSummaries();
  return printVerdicts(verdicts);
}
