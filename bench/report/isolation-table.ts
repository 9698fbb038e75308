import Table from 'cli-table3';
import { totalOf } from '../isolation/flood-report.js';
import { type IsolationReport, KINDS, type KindSummary } from './isolation-report.js';

const HEAD = [
  'flood',
  'setting',
  ...KINDS.map((kind) => `${kind} p99, ms`),
  'slots missed',
  'refused',
];

const figure = (value: number) => value.toFixed(value < 100 ? 1 : 0);
const cell = ({ quiet, hot, ratio }: KindSummary) =>
  `${figure(quiet)} → ${figure(hot)}  ${ratio.toFixed(2)}×`;

/** What the quiet chain feels, quiet → hot. */
export function isolationTable({ channels, settings, summaries }: IsolationReport): string {
  const table = new Table({
    head: HEAD,
    style: { head: [], border: [] },
    colAligns: HEAD.map((_, column) => (column < 2 ? 'left' : 'right')),
  });
  for (const { name, title } of channels) {
    for (const [index, summary] of summaries.filter((s) => s.channel === name).entries()) {
      const { served, refused, uncoded } = summary.flood;
      const excess = totalOf(refused) + totalOf(uncoded);
      table.push([
        index === 0 ? title : '',
        settings.find((setting) => setting.name === summary.setting)?.title ?? summary.setting,
        ...KINDS.map((kind) => cell(summary.kinds[kind])),
        summary.missedSlots,
        `${Math.round((100 * excess) / Math.max(1, served + excess))} %`,
      ]);
    }
  }
  return table.toString();
}
