import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Stack } from '../test/stack.js';
import { askBalance } from './density/ask.js';
import { fillWithActive } from './density/fill.js';
import { Fleet, type FleetChain } from './density/fleet.js';
import { boundOf, bucketsOf } from './density/histogram.js';
import { watchWithIdleWallets } from './density/idle-wallets.js';
import { say } from './density/say.js';
import { Traffic } from './density/traffic.js';
import { residentBytes } from './measure/processes.js';
import { closeStack, sharedStack } from './peers/flotilla.js';
import { concludeBench } from './report/conclude.js';
import { densityChart } from './report/density-chart.js';
import { type CrawlReport, type DensityRun, densityVerdicts } from './report/density-verdicts.js';
import { describeMachine } from './report/machine.js';
import { saveResult } from './report/results.js';
import { distributionOf } from './report/statistics.js';

export interface DensityOptions {
  /** Registered chains, the active ones included. */
  readonly chains: number;
  readonly active: number;
  readonly wakes: number;
  readonly wallets: number;
  /** Active chains after which nothing more is tried. */
  readonly most: number;
}

const RECONCILE = 'flotilla_reconcile_duration_seconds';
const LISTS = 200;
const LIST_PAGE = 100;
/** How long the fleet is looked at while nothing but its traffic happens. */
const SETTLED_MS = 60_000;
/** One visitor comes each second: as fast as the machine could wake, its pool of booted nodes would be measured. */
const WAKE_EVERY_MS = 1_000;
/** Names that the crawler asks for in a second. */
const CRAWL_PER_SECOND = 50;

/** Many chains on one machine, most of them asleep. */
export async function runDensity(options: DensityOptions): Promise<boolean> {
  try {
    const run = await measureDensity(await sharedStack(), options);
    const machine = describeMachine();
    saveResult('density.svg', densityChart(machine, run));
    return concludeBench('density', { machine, ...run }, densityVerdicts(run));
  } finally {
    await closeStack();
  }
}

async function measureDensity(stack: Stack, options: DensityOptions): Promise<DensityRun> {
  const { chains, active, wakes, wallets } = options;
  const fleet = new Fleet(stack);
  const startedAt = Date.now();
  const sleepers = await fleet.createAsleep(chains - active, (done) => {
    const left = ((Date.now() - startedAt) / done) * (chains - active - done);
    if (done % 20 === 0) say(`${done} chains asleep, ${Math.ceil(left / 60_000)} minutes to go`);
  });
  const createSeconds = (Date.now() - startedAt) / 1_000;
  const traffic = new Traffic((name) => stack.rpcUrl(name));
  try {
    for (let n = 0; n < active; n++) traffic.join(await fleet.create(`active-${n}`));
    say(`${chains} chains registered, ${active} active`);
    const before = await scrape(stack);
    const lists = await measureLists(stack);
    say(`listed ${LISTS} pages, p99 ${lists.p99.toFixed(0)} ms`);
    await pause(SETTLED_MS);
    say(`watched for ${SETTLED_MS / 1_000} s`);
    const woken = await measureWakes(fleet, sleepers, wakes);
    const after = await scrape(stack);
    say(`woke ${wakes} and put them to sleep again, p95 ${woken.latency.p95.toFixed(0)} ms`);
    const memory = memoryOf(stack);
    const crawl = await crawlOver(fleet, sleepers);
    say(`crawled over ${sleepers.length} names, of which ${crawl.answered} woke`);
    const idle = await watchWithIdleWallets(fleet, wallets);
    say('watched with idle wallets');
    const filled = await fillWithActive(fleet, traffic, {
      already: active,
      most: options.most,
    });
    return {
      chains,
      active,
      createSeconds,
      ...(await fleet.census()),
      memory,
      reconcileP99: boundOf(bucketsOf(before, RECONCILE), bucketsOf(after, RECONCILE), 0.99),
      lists,
      wakes: woken,
      crawl,
      idle,
      filled,
    };
  } finally {
    await traffic.stop();
  }
}

async function scrape({ run, adminKey }: Stack): Promise<string> {
  const response = await fetch(new URL('/api/v1/metrics', run.apiUrl), {
    headers: { authorization: `Bearer ${adminKey}` },
  });
  return response.text();
}

async function measureLists(stack: Stack) {
  const latencies: number[] = [];
  for (let n = 0; n < LISTS; n++) {
    const askedAt = performance.now();
    await stack.api('GET', `/chains?limit=${LIST_PAGE}`);
    latencies.push(performance.now() - askedAt);
  }
  return distributionOf(latencies);
}

/** Each by somebody else, so that no budget but that of the machine counts. */
async function measureWakes(fleet: Fleet, sleepers: readonly FleetChain[], wakes: number) {
  const latencies: number[] = [];
  const refused: Record<string, number> = {};
  const startedAt = performance.now();
  for (let n = 0; n < wakes; n++) {
    await pause(Math.max(0, startedAt + n * WAKE_EVERY_MS - performance.now()));
    const { name } = sleepers[(n * 7) % sleepers.length];
    const { ms, code } = await askBalance(fleet.stack, name, `visitor-${n}`);
    if (code === undefined) latencies.push(ms);
    else refused[code] = (refused[code] ?? 0) + 1;
    await fleet.putToSleep(name);
  }
  return { latency: distributionOf(latencies), refused };
}

/** One visitor who asks every chain for something that it has to wake for. */
async function crawlOver(fleet: Fleet, sleepers: readonly FleetChain[]): Promise<CrawlReport> {
  const startedAt = Date.now();
  const refused: Record<string, number> = {};
  let answered = 0;
  const asks: Promise<void>[] = [];
  for (const { name } of sleepers) {
    asks.push(
      askBalance(fleet.stack, name).then(({ code }) => {
        if (code === undefined) answered++;
        else refused[code] = (refused[code] ?? 0) + 1;
      }),
    );
    await pause(1_000 / CRAWL_PER_SECOND);
  }
  await Promise.all(asks);
  return { asked: sleepers.length, answered, refused, seconds: (Date.now() - startedAt) / 1_000 };
}

/** Bytes in memory, by process; and what of the machine is swapped. */
function memoryOf({ run, supervisorPid }: Stack): DensityRun['memory'] {
  const processes = [...run.processes, { name: 'supervisor', pid: supervisorPid }];
  const swap = /^SwapTotal:\s+(\d+)[\s\S]*^SwapFree:\s+(\d+)/m.exec(
    readFileSync('/proc/meminfo', 'utf8'),
  );
  return {
    resident: Object.fromEntries(processes.map(({ name, pid }) => [name, residentBytes(pid)])),
    swapped: 1_024 * (Number(swap?.[1]) - Number(swap?.[2])),
  };
}
