import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../test/stack.js';
import { loadResult, RESULTS_FOLDER } from './results.js';
import { type KeptRun, resultsPage, summaryTable, withTable } from './summary.js';

/** The order in which they are told. */
const BENCHES = [
  ...['isolation', 'density', 'lifecycle', 'lifecycle-large'],
  ...['throughput', 'reads', 'growth', 'memory', 'idle'],
];

function keptRuns(): KeptRun[] {
  return BENCHES.flatMap((name) => {
    const result = loadResult<Omit<KeptRun, 'name'>>(`${name}.json`);
    if (result === undefined) return [];
    const { machine, verdicts = [] } = result;
    return [{ name, machine, verdicts }];
  });
}

/** The documents that speak of the results, by file, as they should be. */
export function summaries(): ReadonlyMap<string, string> {
  const runs = keptRuns();
  const readme = join(repositoryRoot, 'README.md');
  return new Map([
    [readme, withTable(readFileSync(readme, 'utf8'), summaryTable(runs))],
    [join(RESULTS_FOLDER, 'README.md'), resultsPage(runs)],
  ]);
}

export function writeSummaries(): void {
  for (const [file, text] of summaries()) writeFileSync(file, text);
}
