import { resolve } from 'node:path';
import type { CommandContext } from '../../context.js';
import { ExitCode } from '../../exit-code.js';
import { explain } from '../../output/explain.js';
import { formatTable } from '../../output/table.js';
import { loadRunFile, type RunFile } from '../../settings.js';
import { loadUpEnvironment } from '../../up/environment.js';
import { broken, type Check, ok, warning } from './check.js';
import { checkApi, checkProcesses, checkRpc } from './fleet.js';
import { checkNode, checkPort } from './machine.js';
import { checkNatsServer } from './nats-server.js';

const SIGNS = { ok: '✓', warning: '!', broken: '✗' } as const;

export function formatChecks(checks: readonly Check[]): string {
  const table = formatTable(
    ['', 'check', 'found', 'what to do'],
    checks.map((check) => [SIGNS[check.status], check.name, check.detail, check.next ?? '']),
  );
  const count = checks.filter((check) => check.status === 'broken').length;
  return `${table}\n\n${count === 0 ? 'Nothing is broken.' : `${count} broken.`}`;
}

async function checkRunFile(home: string): Promise<{ check: Check; run?: RunFile }> {
  const file = `${resolve(home)}/run.json`;
  try {
    const run = await loadRunFile(home);
    if (run === undefined) {
      return {
        check: warning('run.json', `none in ${resolve(home)}`, 'start Flotilla with `flotilla up`'),
      };
    }
    return { check: ok('run.json', file), run };
  } catch (error) {
    return { check: broken('run.json', explain(error).message, 'run `flotilla up` again') };
  }
}

const portOf = (url: string) => Number(new URL(url).port);

interface DoctorOptions {
  readonly deep?: boolean;
  readonly data?: string;
}

/** At most so often, in milliseconds: everything that is read is not news. */
const PROGRESS_MS = 500;

async function checkDeeply(context: CommandContext, folders: readonly string[]): Promise<Check[]> {
  const { checkFolder } = await import('./deep.js');
  const progress = context.progress();
  let saidAt = 0;
  const say = (text: string) => {
    if (Date.now() - saidAt < PROGRESS_MS) return;
    saidAt = Date.now();
    progress.step(text);
  };
  const checks: Check[] = [];
  for (const folder of folders) checks.push(...(await checkFolder(folder, say)));
  progress.done();
  return checks;
}

export async function run(context: CommandContext, options: DoctorOptions): Promise<void> {
  const checks: Check[] = [];
  if (options.data === undefined) checks.push(...(await checkSurface(context)));
  if (options.deep || options.data !== undefined) {
    const { nodeFolders } = await import('./deep.js');
    const folders =
      options.data === undefined ? nodeFolders(context.environment.home) : [resolve(options.data)];
    checks.push(...(await checkDeeply(context, folders)));
  }
  const healthy = checks.every(({ status }) => status !== 'broken');
  context.print({ healthy, checks }, () => formatChecks(checks));
  if (!healthy) process.exitCode = ExitCode.Unhealthy;
}

/** The machine, and what answers on it. */
async function checkSurface(context: CommandContext): Promise<Check[]> {
  const { home } = context.environment;
  const { searchPath } = loadUpEnvironment();
  const { check, run } = await checkRunFile(home);
  const own = run === undefined ? [] : [portOf(run.apiUrl), portOf(run.gatewayUrl)];
  const checks = await Promise.all([
    checkNode(process.versions.node),
    checkNatsServer(home, searchPath),
    checkPort('API', 7070, own),
    checkPort('gateway', 8550, own),
  ]);
  checks.push(check);
  if (run !== undefined) {
    checks.push(...checkProcesses(run));
    checks.push(
      ...(await checkApi(run.apiUrl)),
      await checkRpc('chains', 'gateway', `${run.gatewayUrl}/root`),
      await checkRpc('root rpc', 'root', run.rootRpcUrl),
    );
  }
  return checks;
}
