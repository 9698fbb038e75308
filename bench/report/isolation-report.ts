import { type FloodReport, ranDry, totalOf } from '../isolation/flood-report.js';
import type {
  ChannelRun,
  MeasuredWindow,
  RoundName,
  WindowPair,
} from '../isolation/run-channel.js';
import type { Machine } from './machine.js';
import { median, medianRatio } from './statistics.js';
import type { Titled } from './throughput-report.js';

export const KINDS = ['reads', 'sends', 'inclusion'] as const;
export type Kind = (typeof KINDS)[number];

/** Medians over the pairs of windows. */
export interface KindSummary {
  /** p99 in milliseconds. */
  readonly quiet: number;
  readonly hot: number;
  /** Hot divided by quiet, pair by pair. */
  readonly ratio: number;
  /** Hot less quiet, pair by pair, in milliseconds. */
  readonly excess: number;
  /** Of the window that has the fewest. */
  readonly samples: number;
}

export interface FloodSummary {
  /** Strikes made per second, over all hot windows. */
  readonly strikesPerSecond: number;
  /** Hot windows with a second in which hardly anything was sent. */
  readonly dryWindows: number;
  readonly served: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly uncoded: Readonly<Record<string, number>>;
}

export interface IsolationSummary {
  readonly channel: string;
  readonly setting: string;
  /** What was measured. */
  readonly commit: string;
  readonly pairs: number;
  readonly kinds: Readonly<Record<Kind, KindSummary>>;
  readonly flood: FloodSummary;
  /** In all hot windows. */
  readonly missedSlots: number;
  readonly notIncluded: number;
  readonly errors: Readonly<Record<string, number>>;
  /** Seconds, the most in any hot window. Undefined where nothing is anchored. */
  readonly anchorLag: number | undefined;
}

/** A round that came to no end. */
export interface ChannelFailure extends RoundName {
  readonly reason: string;
}

/** A round that did. */
export interface IsolationRun extends ChannelRun {
  readonly commit: string;
}

export interface FloodTitle extends Titled {
  /** What is too much of it is dropped without an answer. */
  readonly isSilent?: boolean;
}

export interface IsolationReport {
  readonly machine: Machine;
  readonly channels: readonly FloodTitle[];
  readonly settings: readonly Titled[];
  readonly windowSeconds: number;
  readonly summaries: readonly IsolationSummary[];
  readonly failures: readonly ChannelFailure[];
  readonly runs: readonly IsolationRun[];
}

/** Rounds that were measured in an earlier run as this one measures, and are not measured again. */
export function keptRounds(
  { machine, windowSeconds, runs, failures }: IsolationReport,
  now: {
    readonly machine: Machine;
    readonly windowSeconds: number;
    readonly again: readonly RoundName[];
  },
): Pick<IsolationReport, 'runs' | 'failures'> {
  const isAlike =
    windowSeconds === now.windowSeconds &&
    (['cores', 'cpu', 'memoryGiB', 'node'] as const).every(
      (key) => machine[key] === now.machine[key],
    );
  const isKept = ({ channel, setting }: RoundName) =>
    isAlike && !now.again.some((round) => round.channel === channel && round.setting === setting);
  return { runs: runs.filter(isKept), failures: failures.filter(isKept) };
}

export function summarizeIsolation({
  channel,
  setting,
  commit,
  pairs,
}: IsolationRun): IsolationSummary {
  const hot = pairs.map((pair) => pair.hot);
  const lags = hot.flatMap(({ anchorLag }) => anchorLag ?? []);
  return {
    channel,
    setting,
    commit,
    pairs: pairs.length,
    kinds: {
      reads: summarizeKind(pairs, 'reads'),
      sends: summarizeKind(pairs, 'sends'),
      inclusion: summarizeKind(pairs, 'inclusion'),
    },
    flood: summarizeFlood(hot.map(({ flood }) => flood)),
    missedSlots: hot.reduce((sum, window) => sum + window.missedSlots, 0),
    notIncluded: hot.reduce((sum, window) => sum + window.notIncluded, 0),
    errors: addUp(hot.map(({ errors }) => errors)),
    anchorLag: lags.length === 0 ? undefined : Math.max(...lags),
  };
}

function summarizeKind(pairs: readonly WindowPair[], kind: Kind): KindSummary {
  const of = (window: keyof WindowPair) => pairs.map((pair) => pair[window][kind]);
  const [quiet, hot] = [of('quiet'), of('hot')].map((each) => each.map(({ p99 }) => p99));
  return {
    quiet: median(quiet),
    hot: median(hot),
    ratio: medianRatio(hot, quiet),
    excess: median(hot.map((p99, pair) => p99 - quiet[pair])),
    samples: Math.min(...[...of('quiet'), ...of('hot')].map(({ count }) => count)),
  };
}

function summarizeFlood(floods: readonly FloodReport[]): FloodSummary {
  const seconds = floods.flatMap(({ perSecond }) => perSecond);
  return {
    strikesPerSecond: seconds.reduce((sum, strikes) => sum + strikes, 0) / seconds.length,
    dryWindows: floods.filter(ranDry).length,
    served: floods.reduce((sum, { served }) => sum + served, 0),
    refused: addUp(floods.map(({ refused }) => refused)),
    uncoded: addUp(floods.map(({ uncoded }) => uncoded)),
  };
}

function addUp(counts: readonly MeasuredWindow['errors'][]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, count] of counts.flatMap(Object.entries<number>)) {
    sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}

/** `12 × this, 3 × that`; `none` of nothing. */
export function listCounts(counts: Readonly<Record<string, number>>): string {
  if (totalOf(counts) === 0) return 'none';
  return Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 4)
    .map(([name, count]) => `${count} × ${name}`)
    .join(', ');
}
