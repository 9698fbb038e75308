import { drawBarChart } from './bar-chart.js';
import { type IsolationReport, type IsolationSummary, KINDS } from './isolation-report.js';
import { machineLine } from './machine.js';

/** Floods that are felt less than this many times over share a scale. */
const REACH = 4;

/** The kind of request that suffers most: hot p99 divided by quiet p99. */
export const worstRatio = ({ kinds }: IsolationSummary): number =>
  Math.max(...KINDS.map((kind) => kinds[kind].ratio));

export function isolationChart(report: IsolationReport): string {
  const { machine, channels, settings, summaries, windowSeconds } = report;
  const shown = settings.filter(({ name }) => summaries.some(({ setting }) => setting === name));
  return drawBarChart({
    title: "What a dApp feels of its neighbour's flood",
    subtitle: `p99 during the flood ÷ p99 without it, worst of reads, sends and inclusion; median of alternating ${windowSeconds} s windows. Shorter is better, 1.00× is nothing.`,
    series: shown.map(({ title }) => title),
    reach: REACH,
    groups: channels.map(({ name, title }) => ({
      title,
      bars: shown.flatMap((setting) => {
        const found = summaries.find((s) => s.channel === name && s.setting === setting.name);
        return found === undefined ? [] : [{ value: worstRatio(found), label: barLabel(found) }];
      }),
    })),
    footnotes: [
      machineLine(machine),
      'Quiet chain: 100 tx/s and 100 reads/s. Without the flood, the same attacker sends the same to a process that does nothing with it.',
    ],
  });
}

function barLabel(summary: IsolationSummary): string {
  const p99s = KINDS.map((kind) => summary.kinds[kind].hot.toFixed(0)).join(' / ');
  return `${worstRatio(summary).toFixed(2)}× · ${p99s} ms`;
}
