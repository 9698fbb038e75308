// What the EVM computes per CPU second, interpreted and translated, in alternation: node bench/evm/main.mjs [workload …]
// Build first.
import { Evm } from '@flotilla/evm';
import { workloads } from './workloads.mjs';

const SLICE_MS = 250;
const SLICES = 8;

function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Runs the workload for about `ms` of CPU time; returns Mgas/s and µs per transaction. */
function measure(run, ms) {
  let gas = 0;
  let count = 0;
  const start = cpuMs();
  let elapsed = 0;
  while (elapsed < ms) {
    for (let i = 0; i < 5; i++) gas += Number(run().gasUsed);
    count += 5;
    elapsed = cpuMs() - start;
  }
  return { rate: gas / elapsed / 1000, each: (elapsed / count) * 1000 };
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

const modes = {
  interpreted: { translateAfter: Number.POSITIVE_INFINITY },
  translated: {},
};
const machines = Object.entries(modes).map(([mode, options]) => ({
  mode,
  runs: workloads(new Evm({ hardfork: 'prague', ...options })),
}));
const chosen = process.argv.slice(2);
console.log('workload          Mgas/s (µs CPU each)');
for (const name of Object.keys(machines[0].runs)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const results = machines.map(() => []);
  for (let slice = 0; slice <= SLICES; slice++) {
    for (const [i, { runs }] of machines.entries()) {
      const result = measure(runs[name], slice === 0 ? 3 * SLICE_MS : SLICE_MS);
      if (slice > 0) results[i].push(result);
    }
  }
  const rates = results.map((all) => median(all.map(({ rate }) => rate)));
  const cells = machines.map(({ mode }, i) => {
    const each = median(results[i].map((result) => result.each));
    return `${mode} ${rates[i].toFixed(0)} (${each.toFixed(1)})`;
  });
  console.log(`${name.padEnd(17)} ${cells.join(', ')}: ${(rates[1] / rates[0]).toFixed(2)} ×`);
}
