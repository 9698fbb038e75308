import { Command, InvalidArgumentError } from 'commander';
import { PEERS } from './peers/index.js';
import { runThroughput } from './throughput.js';
import { WORKLOADS } from './workloads/index.js';

function count(text: string): number {
  const value = Number(text.replaceAll(/[_,]/g, ''));
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('not a whole number');
  return value;
}

/** Names separated by commas; everything when the option is absent. */
function choice<Item extends { readonly name: string }>(all: readonly Item[]) {
  return (text: string): Item[] =>
    text.split(',').map((name) => {
      const found = all.find((item) => item.name === name);
      if (found !== undefined) return found;
      throw new InvalidArgumentError(`there are: ${all.map((item) => item.name).join(', ')}`);
    });
}

const program = new Command('npm run bench --').description(
  'side-by-side benchmarks; results go to bench/results',
);

program
  .command('throughput')
  .description('transactions mined per second: Flotilla, anvil and Hardhat in turns, same load')
  .option('--rounds <count>', 'turns that each peer takes', count, 3)
  .option('--transactions <count>', 'per round; heavy workloads send a part', count, 40_000)
  .option('--peers <names>', 'who takes part', choice(PEERS), [...PEERS])
  .option('--workloads <names>', 'what is sent', choice(WORKLOADS), [...WORKLOADS])
  .action(async (options) => {
    if (!(await runThroughput(options))) process.exitCode = 1;
  });

await program.parseAsync();
