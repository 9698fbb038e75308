import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../test/stack.js';
import { RESULTS_FOLDER } from './results.js';
import { type KeptRun, resultsPage, summaryTable, withTable } from './summary.js';

/** The order in which they are told. */
const BENCHES = [
  ...['isolation', 'density', 'lifecycle', 'lifecycle-large'],
  ...['throughput', 'reads', 'growth', 'memory', 'idle'],
];

function keptRuns(): KeptRun[] {
  const files = new Set(readdirSync(RESULTS_FOLDER));
  return BENCHES.filter((name) => files.has(`${name}.json`)).map((name) => {
    const text = readFileSync(join(RESULTS_FOLDER, `${name}.json`), 'utf8');
    const { machine, verdicts = [] } = JSON.parse(text);
    return { name, machine, verdicts };
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
