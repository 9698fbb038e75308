import { type Machine, machineLine } from './machine.js';
import type { Verdict } from './verdict.js';

/** A run that is kept in `bench/results`. */
export interface KeptRun {
  readonly name: string;
  readonly machine: Machine;
  readonly verdicts: readonly Verdict[];
}

/** Broken promises that are told of one bench; the others are counted. */
const TOLD = 2;

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
/** The figure itself; what stands beside it is on the results' own page. */
const figure = (measured: string) => measured.split(/ \(|; /)[0];
const told = ({ promise, measured }: Verdict) => `${cell(promise)}: **${cell(figure(measured))}**`;
const lines = (...parts: readonly string[]) => `${parts.join('\n')}\n`;

/** One row for each bench: how many of its promises hold, the first of those, and what became of the others. */
export function summaryTable(runs: readonly KeptRun[]): string {
  return lines(
    '| bench | hold | the first that does | those that do not |',
    '| --- | --- | --- | --- |',
    ...runs.map(({ name, verdicts }) => {
      const holding = verdicts.filter(({ holds }) => holds);
      // A variation of a bench is described with it.
      const anchor = name.split('-')[0];
      const link = `[${name}](bench/README.md#${anchor})`;
      const [first, others] = [holding.slice(0, 1).map(told).join(''), brokenOnes(verdicts)];
      return `| ${link} | ${holding.length} of ${verdicts.length} | ${first} | ${others} |`;
    }),
  );
}

function brokenOnes(verdicts: readonly Verdict[]): string {
  const broken = verdicts.filter(({ holds }) => !holds);
  const more = broken.length > TOLD ? `; and ${broken.length - TOLD} more` : '';
  return `${broken.slice(0, TOLD).map(told).join('; ')}${more}`;
}

/** Every promise of every bench, with what was measured and where. */
export function resultsPage(runs: readonly KeptRun[]): string {
  return [
    '# Results\n\nWritten by `npm run bench -- summary` from the files beside it. What each bench does: [bench](../README.md).\n',
    ...runs.map(({ name, machine, verdicts }) =>
      lines(
        `## ${name}`,
        '',
        `${machineLine(machine)}. [${name}.json](${name}.json)`,
        '',
        '| | promise | measured |',
        '| --- | --- | --- |',
        ...verdicts.map(
          ({ promise, measured, holds }) =>
            `| ${holds ? 'holds' : '**broken**'} | ${cell(promise)} | ${cell(measured)} |`,
        ),
      ),
    ),
  ].join('\n');
}

const BEGIN = '<!-- benches: `npm run bench -- summary` writes what follows -->\n';
const END = '<!-- benches end -->';

/** A document with the table in the place that is marked for it. @throws RangeError without the marks */
export function withTable(document: string, table: string): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new RangeError('the document has no place for the table');
  return `${document.slice(0, begin + BEGIN.length)}\n${table}\n${document.slice(end)}`;
}
