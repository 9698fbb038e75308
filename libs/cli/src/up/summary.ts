import { relative } from 'node:path';
import { formatFacts } from '../output/table.js';
import { DEMO } from './first-chains.js';
import type { Urls } from './plan.js';
import type { Home } from './state/home.js';

/** `run.json`: how to reach what runs. */
export interface RunFile extends Urls {
  readonly dashboardUrl: string;
  readonly adminKeyFile: string;
  readonly pid: number;
  readonly processes: readonly { readonly name: string; readonly pid: number }[];
}

export interface SummaryOptions {
  readonly run: RunFile;
  readonly home: Home;
  readonly demo: boolean;
  readonly seconds: string;
}

/** What people see when everything is up; its last line is what scripts wait for. */
export function formatSummary({ run, home, demo, seconds }: SummaryOptions): string {
  const near = (path: string) => {
    const short = relative(process.cwd(), path);
    return short.startsWith('..') ? path : short;
  };
  const facts = formatFacts([
    ['Dashboard', run.dashboardUrl],
    ['REST API', `${run.apiUrl}/api/v1  (docs: ${run.apiUrl}/api/docs)`],
    ['Chains', `${run.gatewayUrl}/<chain>`],
    ['Demo chain', demo ? `${run.gatewayUrl}/${DEMO}` : undefined],
    ['Root chain', `${run.gatewayUrl}/root`],
    ['Admin key', near(run.adminKeyFile)],
    ['Data, logs', near(home.path)],
  ]);
  return `\n${facts}\n\nFlotilla is ready (${seconds} s). Ctrl-C stops everything.\n`;
}
