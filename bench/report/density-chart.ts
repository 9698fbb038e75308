import { drawBarChart } from './bar-chart.js';
import { type DensityRun, densityFigures } from './density-verdicts.js';
import { type Machine, machineLine } from './machine.js';

/** Each figure beside what is promised of it: at most, but of the active chains at least. */
export function densityChart(machine: Machine, run: DensityRun): string {
  const { chains, active, createSeconds, memory } = run;
  const beside = Object.entries(memory.resident).map(
    ([name, bytes]) => `${name} ${Math.round(bytes / 1e6)} MB`,
  );
  return drawBarChart({
    title: `${chains} chains on one machine, ${active} of them active`,
    subtitle:
      'What was measured, and what is promised: at most so much; of active chains at least.',
    series: ['measured', 'promised'],
    groups: densityFigures(run).map(({ title, value, promised, unit }) => ({
      title,
      bars: [value, promised].map((each) => ({
        value: Number.isFinite(each) ? each : 0,
        label: `${Number(each.toPrecision(3))} ${unit}`,
      })),
    })),
    footnotes: [
      machineLine(machine),
      `Resident memory: ${beside.join(', ')}. Created and put to sleep in ${Math.round(createSeconds / 60)} minutes.`,
    ],
  });
}
