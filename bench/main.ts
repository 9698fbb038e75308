import { Command, InvalidArgumentError, Option } from 'commander';
import { runDensity } from './density.js';
import { runEvm } from './evm.js';
import { runGrowth } from './growth.js';
import { runIdle } from './idle.js';
import { CHANNELS } from './isolation/channels/index.js';
import { SETTINGS } from './isolation/settings/index.js';
import { runIsolation } from './isolation.js';
import { runLifecycle } from './lifecycle.js';
import { runMemory } from './memory.js';
import { interruptStack } from './peers/flotilla.js';
import { PEERS } from './peers/index.js';
import { runReads } from './reads.js';
import { writeSummaries } from './report/write-summaries.js';
import { runThroughput } from './throughput.js';
import { WORKLOADS } from './workloads/index.js';

function count(text: string): number {
  const value = Number(text.replaceAll(/[_,]/g, ''));
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('not a whole number');
  return value;
}

const countOrNone = (text: string): number => (text === '0' ? 0 : count(text));

/** An option that takes names separated by commas; everything when it is absent. */
function names<Item extends { readonly name: string }>(
  flags: string,
  description: string,
  all: readonly Item[],
): Option {
  const known = all.map(({ name }) => name).join(', ');
  return new Option(flags, `${description}: ${known}`).default([...all], 'all').argParser((text) =>
    text.split(',').map((name) => {
      const found = all.find((item) => item.name === name);
      if (found !== undefined) return found;
      throw new InvalidArgumentError(`there are: ${known}`);
    }),
  );
}

/** A bench whose promise is broken fails. */
function succeed(holds: boolean): void {
  if (!holds) process.exitCode = 1;
}

const program = new Command('npm run bench --').description(
  'side-by-side benchmarks; results go to bench/results',
);

program
  .command('throughput')
  .description('transactions mined per second: Flotilla, anvil and Hardhat in turns, same load')
  .option('--rounds <count>', 'turns that each peer takes', count, 3)
  .option('--seconds <count>', 'how long a round sends', count, 10)
  .option('--warm-up-seconds <count>', 'the unmeasured part of it', count, 4)
  .option('--stall-seconds <count>', 'without a block or an answer a peer has stalled', count, 40)
  .option(
    '--in-flight <count>',
    'sent and not mined, at most; heavy workloads a part',
    count,
    16_000,
  )
  .option('--transactions <count>', 'at most, per round; heavy workloads a part', count, 120_000)
  .addOption(names('--peers <names>', 'who takes part', PEERS))
  .addOption(names('--workloads <names>', 'what is sent', WORKLOADS))
  .action(async (options) => succeed(await runThroughput(options)));

program
  .command('memory')
  .description("a chain's memory and disk over many transactions, inside a cgroup of 512 MiB")
  .option('--transactions <count>', 'how many', count, 1_000_000)
  .action(async ({ transactions }) => succeed(await runMemory(transactions)));

program
  .command('growth')
  .description('throughput with few and with many accounts in the state')
  .option('--rounds <count>', 'turns that each chain takes', count, 3)
  .option('--transactions <count>', 'per round', count, 100_000)
  .option('--small <count>', 'accounts in the small state', count, 1_000)
  .option('--large <count>', 'accounts in the large state', count, 1_000_000)
  .action(async (options) => succeed(await runGrowth(options)));

program
  .command('reads')
  .description('latency of reads, and block intervals beside a trace, while a chain seals')
  .option('--transactions <count>', 'the load beside the reads', count, 300_000)
  .action(async ({ transactions }) => succeed(await runReads(transactions)));

program
  .command('idle')
  .description('memory and CPU time of a chain that nobody uses, and what its parts cost')
  .option('--seconds <count>', 'how long to look', count, 60)
  .action(async ({ seconds }) => succeed(await runIdle(seconds)));

program
  .command('lifecycle')
  .description('how long a chain takes to be there: created, created beside others, woken')
  .option('--creates <count>', 'chains created one after another; 0 for none', countOrNone, 50)
  .option('--together <count>', 'chains created at the same time; 0 for none', countOrNone, 20)
  .option('--wakes <count>', 'how often a chain is put to sleep and woken', count, 200)
  .option('--state <megabytes>', 'what that chain holds; 1000 for a large one', count, 10)
  .action(async (options) => succeed(await runLifecycle(options)));

program
  .command('evm')
  .description('gas per CPU second of the machine alone, interpreting and translating in turns')
  .option('--rounds <count>', 'turns that each gets', count, 8)
  .action(runEvm);

program
  .command('isolation')
  .description('what a quiet chain feels while its neighbour is flooded, one channel at a time')
  .addOption(names('--channel <names>', 'ways to flood', CHANNELS))
  .addOption(names('--setting <names>', 'how the two dApps share the machine', SETTINGS))
  .option('--pairs <count>', 'quiet and hot windows, in turns', count, 5)
  .option('--peer-pairs <count>', 'the same for peers; 0 leaves them out', countOrNone, 3)
  .option('--window <seconds>', 'length of a window', count, 20)
  .action(async ({ channel, setting, ...options }) =>
    succeed(await runIsolation({ channels: channel, settings: setting, ...options })),
  );

program
  .command('density')
  .description('many chains on one machine, most of them asleep')
  .option('--chains <count>', 'registered chains, the active ones included', count, 1_000)
  .option('--active <count>', 'chains with a transaction a second', count, 20)
  .option('--wakes <count>', 'how many are woken, one after the other', count, 200)
  .option('--wallets <count>', 'idle wallets on one chain', count, 100)
  .option('--most <count>', 'active chains to fill the machine with', count, 1_000)
  .action(async (options) => succeed(await runDensity(options)));

program
  .command('summary')
  .description(
    'what the kept runs say, for README.md and bench/results/README.md; benches do it by themselves',
  )
  .action(writeSummaries);

// Ctrl-C reaches everything that was started as well; what it leaves on the disk is ours to remove.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, async () => {
    await interruptStack();
    process.exit(code);
  });
}

await program.parseAsync();
