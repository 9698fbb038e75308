import type { ActiveReport } from '../density/fill.js';
import type { Census } from '../density/fleet.js';
import type { IdleWalletsReport } from '../density/idle-wallets.js';
import { totalOf } from '../isolation/flood-report.js';
import { listCounts } from './isolation-report.js';
import type { Distribution } from './statistics.js';
import type { Verdict } from './verdict.js';

export interface CrawlReport {
  readonly asked: number;
  readonly answered: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly seconds: number;
}

export interface DensityRun {
  readonly chains: number;
  readonly active: number;
  /** Seconds until all sleepers had been created and put to sleep. */
  readonly createSeconds: number;
  /** At the end. */
  readonly phases: Census['phases'];
  readonly restarts: number;
  readonly memory: {
    /** Bytes, by process. */
    readonly resident: Readonly<Record<string, number>>;
    readonly swapped: number;
  };
  /** Seconds: a bound of the histogram. */
  readonly reconcileP99: number;
  /** Milliseconds for a page of a hundred. */
  readonly lists: Distribution;
  readonly wakes: {
    readonly latency: Distribution;
    readonly refused: Readonly<Record<string, number>>;
  };
  readonly crawl: CrawlReport;
  readonly idle: IdleWalletsReport;
  readonly filled: ActiveReport;
}

/** The control plane proper; the edge, PostgreSQL and NATS are printed beside it. */
const CONTROL_PLANE = 'orchestrator';
const MAX_CONTROL_BYTES = 300e6;
const MAX_RECONCILE_SECONDS = 1;
const MAX_LIST_MS = 200;
const MAX_WAKE_MS = 500;
/** The gateway's, for one address: at once, and per second. */
const WAKE_BURST = 10;
const WAKES_PER_SECOND = 1;

const AIM_ACTIVE = 100;

const percent = (part: number) => `${Math.floor(100 * part)} %`;
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
const ms = (value: number) => `${value.toFixed(0)} ms`;

interface DensityFigure {
  readonly title: string;
  readonly value: number;
  readonly promised: number;
  readonly unit: string;
}

/** What has a number and a bound, for the picture. */
export function densityFigures(run: DensityRun): DensityFigure[] {
  const { memory, reconcileP99, lists, wakes, crawl, filled } = run;
  const mb = (bytes: number) => bytes / 1e6;
  const control = mb(memory.resident[CONTROL_PLANE] ?? Number.NaN);
  return [
    { title: 'control-plane memory', value: control, promised: mb(MAX_CONTROL_BYTES), unit: 'MB' },
    { title: 'reconcile p99', value: reconcileP99, promised: MAX_RECONCILE_SECONDS, unit: 's' },
    { title: 'list of 100, p99', value: lists.p99, promised: MAX_LIST_MS, unit: 'ms' },
    { title: 'wake p95', value: wakes.latency.p95, promised: MAX_WAKE_MS, unit: 'ms' },
    {
      title: 'woken by a crawler',
      value: crawl.answered,
      promised: budgetOf(crawl),
      unit: 'chains',
    },
    { title: 'active at 1 tx/s', value: filled.active, promised: AIM_ACTIVE, unit: 'chains' },
  ];
}

export function densityVerdicts(run: DensityRun): Verdict[] {
  const { chains, active, memory, reconcileP99, lists, wakes, phases, restarts } = run;
  const control = memory.resident[CONTROL_PLANE] ?? Number.NaN;
  const beside = Object.entries(memory.resident)
    .filter(([name]) => name !== CONTROL_PLANE)
    .map(([name, bytes]) => `${name} ${megabytes(bytes)}`);
  return [
    {
      promise: `${chains} chains, ${active} of them active: control-plane memory under 300 MB`,
      measured: `${megabytes(control)} (beside it ${beside.join(', ')})`,
      holds: control < MAX_CONTROL_BYTES,
    },
    {
      promise: 'reconcile p99 under 1 s',
      measured: `at most ${reconcileP99} s`,
      holds: reconcileP99 <= MAX_RECONCILE_SECONDS,
    },
    {
      promise: 'the list answers in under 200 ms',
      measured: `p99 ${ms(lists.p99)} for a page of 100`,
      holds: lists.p99 < MAX_LIST_MS,
    },
    {
      promise: 'wake p95 under 500 ms, one each second',
      measured: `p50 ${ms(wakes.latency.p50)}, p95 ${ms(wakes.latency.p95)} of ${wakes.latency.count}; refused: ${listCounts(wakes.refused)}`,
      holds: wakes.latency.p95 < MAX_WAKE_MS && totalOf(wakes.refused) === 0,
    },
    crawlVerdict(run.crawl),
    idleVerdict(run.idle),
    filledVerdict(run.filled),
    {
      promise: 'nothing swaps, nothing dies',
      measured: `${megabytes(memory.swapped)} swapped; ${restarts} died; ${listCounts(phases)}`,
      holds: memory.swapped === 0 && restarts === 0 && !('Failed' in phases),
    },
  ];
}

const budgetOf = ({ seconds }: CrawlReport) => WAKE_BURST + Math.ceil(WAKES_PER_SECOND * seconds);

function crawlVerdict(crawl: CrawlReport): Verdict {
  const { asked, answered, refused, seconds } = crawl;
  const budget = budgetOf(crawl);
  return {
    promise: 'a crawler wakes no more than its budget allows',
    measured: `${answered} of ${asked} in ${seconds.toFixed(0)} s, ${budget} allowed; refused: ${listCounts(refused)}`,
    holds: answered <= budget && answered + totalOf(refused) === asked,
  };
}

function idleVerdict({ wallets, asleepAfter, stayedAsleep }: IdleWalletsReport): Verdict {
  return {
    promise: `a chain with ${wallets} idle wallets goes to sleep, and stays asleep`,
    measured:
      asleepAfter === undefined
        ? 'it never slept'
        : `after ${asleepAfter.toFixed(0)} s; ${stayedAsleep ? 'it stayed asleep' : 'it was woken again'}`,
    holds: asleepAfter !== undefined && stayedAsleep,
  };
}

function filledVerdict(filled: ActiveReport): Verdict {
  const { active, endedBy, refusal, sends, leastServed, errors } = filled;
  return {
    promise: `at least ${AIM_ACTIVE} active chains, each served its transaction a second, until one more is refused with a reason`,
    measured: `${active} (sends p99 ${ms(sends.p99)}, the worst served ${percent(leastServed)}, errors: ${listCounts(errors)}), ended by: ${refusal ?? endedBy}`,
    holds:
      active >= AIM_ACTIVE && endedBy === 'refused' && totalOf(errors) === 0 && leastServed === 1,
  };
}
