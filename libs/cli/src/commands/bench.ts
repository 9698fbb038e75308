import type { LoadReport } from '@flotilla/sdk';
import type { CommandContext } from '../context.js';
import { invalidArgument } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import { formatLoad } from '../output/load-view.js';
import { parseInteger } from './spec-options.js';

export interface BenchOptions {
  readonly seconds: string;
  readonly rate?: string;
  readonly connections: string;
}

const PROGRESS_MS = 1_000;

function parseWithin(name: string, text: string, most: number): number {
  const value = parseInteger(name, text);
  if (value >= 1 && value <= most) return value;
  throw invalidArgument(`${name}: ${text} is out of range`, `give a number from 1 to ${most}`);
}

export async function run(
  context: CommandContext,
  options: BenchOptions,
  name: string,
): Promise<void> {
  const seconds = parseWithin('--seconds', options.seconds, 600);
  const connections = parseWithin('--connections', options.connections, 10);
  const rate =
    options.rate === undefined ? undefined : parseWithin('--rate', options.rate, 100_000);
  const client = await context.client();
  const progress = context.progress();
  let toldAt = 0;
  let report: LoadReport;
  try {
    report = await client.bench(name, {
      seconds,
      connections,
      rate,
      onProgress: ({ sent, mined, errors }) => {
        if (Date.now() - toldAt < PROGRESS_MS) return;
        toldAt = Date.now();
        progress.step(`${name}: ${sent} sent, ${mined} mined, ${errors} refused`);
      },
    });
  } finally {
    progress.done();
  }
  context.print({ chain: name, seconds, connections, rate: rate ?? null, ...report }, () =>
    formatLoad(report),
  );
  if (report.missing > 0) process.exitCode = ExitCode.TimedOut;
  else if (report.mined === 0) process.exitCode = ExitCode.Failed;
}
