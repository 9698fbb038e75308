import { totalOf } from '../isolation/flood-report.js';
import { ANCHOR_EVERY_SECONDS } from '../isolation/settings/flotilla.js';
import {
  type ChannelFailure,
  type IsolationReport,
  type IsolationSummary,
  KINDS,
  type Kind,
  type KindSummary,
  listCounts,
} from './isolation-report.js';
import type { Verdict } from './verdict.js';

const MAX_RATIO = 1.1;
/** Milliseconds; counts where the baseline is below the second figure. */
const MAX_EXCESS = 1;
const SMALL_BASELINE = 20;
const MIN_SAMPLES = 2_000;
const MIN_PAIRS = 5;
/** An anchor is due every so often, and late when the next one is due already. */
const MAX_ANCHOR_LAG = 2 * ANCHOR_EVERY_SECONDS;

const ms = (value: number) => `${value.toFixed(value < 100 ? 1 : 0)} ms`;
const times = (ratio: number) => `${ratio.toFixed(2)}×`;

export function feelsNothing({ quiet, ratio, excess }: KindSummary): boolean {
  return ratio <= MAX_RATIO || (quiet < SMALL_BASELINE && excess <= MAX_EXCESS);
}

/** What is promised holds for ours; what peers make of the same flood stands beside it. */
export function isolationVerdicts(report: IsolationReport): Verdict[] {
  const { channels, settings, summaries, failures } = report;
  return channels.flatMap(({ name, title, isSilent }) => {
    const failed = failures.filter(({ channel }) => channel === name).map(failureVerdict(title));
    const of = summaries.filter(({ channel }) => channel === name);
    const ours = of.find(({ setting }) => setting === 'flotilla');
    if (ours === undefined) return failed;
    const peers = of.filter((summary) => summary !== ours);
    const beside = (kind: Kind) =>
      peers.map((peer) => {
        const setting = settings.find((each) => each.name === peer.setting);
        return `; ${setting?.title} ${times(peer.kinds[kind].ratio)}`;
      });
    return [
      ...failed,
      ...KINDS.map((kind) => ({
        promise: `${title}: p99 of ${kind} at most ${MAX_RATIO.toFixed(2)}×, or ${MAX_EXCESS} ms more`,
        measured: `${kindText(ours.kinds[kind])}${beside(kind).join('')}`,
        holds: feelsNothing(ours.kinds[kind]),
      })),
      serviceVerdict(title, ours),
      floodVerdict(title, ours, isSilent),
      sampleVerdict(title, ours),
    ];
  });
}

const failureVerdict =
  (title: string) =>
  ({ setting, reason }: ChannelFailure): Verdict => ({
    promise: `${title}: the round with ${setting} comes to its end`,
    measured: reason,
    holds: false,
  });

const kindText = ({ quiet, hot, ratio }: KindSummary) =>
  `${ms(quiet)} → ${ms(hot)}, ${times(ratio)}`;

function serviceVerdict(title: string, summary: IsolationSummary): Verdict {
  const { missedSlots, notIncluded, errors, anchorLag = Number.NaN } = summary;
  return {
    promise: `${title}: no slot missed, nothing lost or refused, anchors on time`,
    measured: `${missedSlots} slots, ${notIncluded} lost, errors: ${listCounts(errors)}, anchors at most ${anchorLag} s behind`,
    holds:
      missedSlots === 0 &&
      notIncluded === 0 &&
      totalOf(errors) === 0 &&
      anchorLag <= MAX_ANCHOR_LAG,
  };
}

function floodVerdict(
  title: string,
  { flood, pairs }: IsolationSummary,
  isSilent = false,
): Verdict {
  const { strikesPerSecond, dryWindows, served, refused, uncoded } = flood;
  return {
    promise: `${title}: the flood never ran dry${isSilent ? '' : ', and its excess got codes'}`,
    measured: `${strikesPerSecond.toFixed(0)} strikes a second, dry in ${dryWindows} of ${pairs} windows; ${served} served, refused: ${listCounts(refused)}, without a code: ${listCounts(uncoded)}`,
    holds: dryWindows === 0 && (isSilent || totalOf(refused) > 0) && totalOf(uncoded) === 0,
  };
}

function sampleVerdict(title: string, { kinds, pairs, commit }: IsolationSummary): Verdict {
  const samples = Math.min(...KINDS.map((kind) => kinds[kind].samples));
  return {
    promise: `${title}: at least ${MIN_SAMPLES} samples a window, ${MIN_PAIRS} pairs`,
    measured: `${samples} samples, ${pairs} pairs, at ${commit}`,
    holds: samples >= MIN_SAMPLES && pairs >= MIN_PAIRS,
  };
}
