import { Command, Option } from 'commander';
import type { CommandContext, CommonOptions } from './context.js';
import { ExitCode } from './exit-code.js';

type Run = (context: CommandContext, options: never, ...args: never[]) => Promise<void>;

/** A command's code is loaded when it runs: `--help` stays instant however much a command needs. */
function lazily(load: () => Promise<Run>): (...parameters: unknown[]) => Promise<void> {
  return async (...parameters) => {
    const options = (parameters.at(-1) as Command).opts<CommonOptions>();
    const [run, { createContext }] = await Promise.all([load(), import('./context.js')]);
    const context = await createContext(options);
    await run(context, options as never, ...(parameters.slice(0, -2) as never[]));
  };
}

const json = () => new Option('--json', 'print one JSON document instead of text');

function online(command: Command): Command {
  return command
    .addOption(json())
    .option('--api-url <url>', 'the API to talk to (default: that of run.json; FLOTILLA_API_URL)')
    .option('--key <key>', 'API key (default: the admin key of run.json; FLOTILLA_API_KEY)');
}

const examples = (...lines: string[]) =>
  `\nExamples:\n${lines.map((line) => `  $ flotilla ${line}`).join('\n')}\n`;

const waiting = (command: Command) =>
  command
    .option('--wait', 'come back when it is done, not when it is asked for')
    .option('--timeout <duration>', 'how long --wait waits', '60s');

const SIZES = ['small', 'medium', 'large', 'dedicated'];

/** What a chain is asked to be, at creation and later. */
const specified = (command: Command) =>
  waiting(
    command
      .addOption(
        new Option('--size <size>', 'how much of the machine it may take (default: small)').choices(
          SIZES,
        ),
      )
      .addOption(
        new Option('--sealing <mode>', 'when blocks are made (default: instant)').choices([
          'instant',
          'interval',
          'lazy',
        ]),
      )
      .option(
        '--block-time <duration>',
        'time between blocks: 500ms, 2s; a new chain seals by interval then',
      )
      .addOption(
        new Option('--fees <mode>', 'what gas costs (default: free)').choices([
          'free',
          'fixed',
          'eip1559',
        ]),
      )
      .option('--gas-price <price>', 'wei, or with a unit: 1gwei; a new chain has fixed fees then')
      .option('--gas-limit <gas>', 'gas per block')
      .option('--sleep-after <duration>', 'sleep when unused for so long: 10m, 90s, or never')
      .addOption(
        new Option(
          '--access <who>',
          'who may use its RPC URL: holders of a key, or everybody (default: keys in production)',
        ).choices(['keys', 'public']),
      )
      .option('--token <symbol>', "symbol of the chain's native coin")
      .option('--token-name <name>', 'its long name')
      .option('--deployers <addresses>', 'who may create contracts: 0x…,0x…, nobody or everyone')
      .option('--senders <addresses>', 'whose transactions are taken: 0x…,0x…, nobody or everyone')
      .option('--spec <file>', 'the spec as JSON ("-": standard input); options override it'),
  );

function addChain(program: Command): void {
  const chain = program.command('chain').description('create, look at and change chains');
  specified(
    online(chain.command('create'))
      .description('create a chain; asking again with the same name and spec is the same chain')
      .argument('<name>', '3 to 40 lower-case letters, digits and hyphens')
      .option('--chain-id <id>', 'EIP-155 id (default: drawn, unique on the root)')
      .addOption(
        new Option('--hardfork <name>', 'Ethereum rules').choices(['cancun', 'prague', 'osaka']),
      )
      .option('--tenant <name>', 'whose chain it is (admin keys only)'),
  )
    .addHelpText(
      'after',
      examples(
        'chain create my-game --wait',
        'chain create shop --block-time 1s --fees fixed --gas-price 1gwei --token SHOP --wait',
        'chain create api --size medium --sleep-after never --wait',
        'chain create shop --spec shop.json --json',
      ),
    )
    .action(lazily(async () => (await import('./commands/chain-create.js')).run));
  specified(
    online(chain.command('update'))
      .description('change a chain: settings, block time, size and sleep without a restart')
      .argument('<name>'),
  )
    .addHelpText(
      'after',
      examples(
        'chain update shop --fees fixed --gas-price 2gwei --wait',
        'chain update shop --deployers 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266 --senders everyone',
        'chain update shop --block-time 2s --wait',
        'chain update shop --sleep-after never',
      ),
    )
    .action(lazily(async () => (await import('./commands/chain-update.js')).run));
  online(chain.command('list'))
    .description('all chains that your key may see')
    .option('--phase <phase>', 'only chains in this phase, e.g. Running')
    .option('--tenant <name>', 'only chains of this tenant')
    .addHelpText('after', examples('chain list', 'chain list --phase Failed --json'))
    .action(lazily(async () => (await import('./commands/chain-list.js')).run));
  online(chain.command('show'))
    .description('everything about one chain')
    .argument('<name>')
    .addHelpText('after', examples('chain show shop', 'chain show shop --json'))
    .action(lazily(async () => (await import('./commands/chain-show.js')).run));
  waiting(online(chain.command('pause')))
    .description("stop a chain's process until `resume`; its data and URL stay")
    .argument('<name>')
    .addHelpText('after', examples('chain pause shop --wait'))
    .action(lazily(async () => (await import('./commands/chain-change.js')).pause));
  waiting(online(chain.command('resume')))
    .description('start a paused chain again')
    .argument('<name>')
    .addHelpText('after', examples('chain resume shop --wait'))
    .action(lazily(async () => (await import('./commands/chain-change.js')).resume));
  waiting(online(chain.command('restart')))
    .description("replace a chain's processes, e.g. after an upgrade; requests wait meanwhile")
    .argument('<name>')
    .addHelpText('after', examples('chain restart shop --wait'))
    .action(lazily(async () => (await import('./commands/chain-change.js')).restart));
  waiting(online(chain.command('sleep')))
    .description("end a chain's process until the first request wakes it")
    .argument('<name>')
    .addHelpText('after', examples('chain sleep shop --wait'))
    .action(lazily(async () => (await import('./commands/chain-change.js')).sleep));
  waiting(online(chain.command('wake')))
    .description('wake a sleeping chain before anybody needs it')
    .argument('<name>')
    .addHelpText('after', examples('chain wake shop --wait'))
    .action(lazily(async () => (await import('./commands/chain-change.js')).wake));
  waiting(online(chain.command('scale')))
    .description(
      'its size, read replicas, and whether a standby takes over (--failover restarts it)',
    )
    .argument('<name>')
    .addOption(new Option('--size <size>', 'how much of the machine it may take').choices(SIZES))
    .option('--replicas <count>', 'read replicas; with --max-replicas the fewest')
    .option('--max-replicas <count>', 'as many as the load may bring up')
    .addOption(
      new Option('--max-size <size>', 'how large it may grow under load beyond that').choices([
        ...SIZES,
        'none',
      ]),
    )
    .option('--failover', 'keep everything on a standby, too, which takes over')
    .option('--no-failover', 'do without a standby')
    .addHelpText(
      'after',
      examples(
        'chain scale shop --size large --wait',
        'chain scale shop --replicas 2 --wait',
        'chain scale shop --max-replicas 3 --failover',
        'chain scale shop --max-replicas 2 --max-size large',
      ),
    )
    .action(lazily(async () => (await import('./commands/chain-scale.js')).run));
  waiting(online(chain.command('delete')))
    .description('anchor the rest of a chain, stop it for good and archive its data')
    .argument('<name>')
    .option('-y, --yes', "don't ask")
    .addHelpText('after', examples('chain delete shop', 'chain delete shop --yes --wait'))
    .action(lazily(async () => (await import('./commands/chain-change.js')).remove));
  online(chain.command('logs'))
    .description("the end of the node's log")
    .argument('<name>')
    .option('-n, --lines <count>', 'how many lines, at most 1000', '200')
    .option('-f, --follow', 'go on as the log grows, until interrupted')
    .addHelpText('after', examples('chain logs shop -n 50', 'chain logs shop --follow'))
    .action(lazily(async () => (await import('./commands/chain-logs.js')).run));
}

function addCheckpoint(program: Command): void {
  const checkpoint = program
    .command('checkpoint')
    .description('what was committed to the root, and proofs from it');
  online(checkpoint.command('list'))
    .description("a chain's checkpoints, newest first")
    .argument('<chain>')
    .option('-n, --limit <count>', 'how many', '20')
    .option('--before <index>', 'only checkpoints with a lower index')
    .addHelpText('after', examples('checkpoint list shop', 'checkpoint list shop -n 5 --json'))
    .action(lazily(async () => (await import('./commands/checkpoint.js')).list));
  online(checkpoint.command('show'))
    .description('every field of one checkpoint')
    .argument('<chain>')
    .argument('<index>')
    .addHelpText('after', examples('checkpoint show shop 0'))
    .action(lazily(async () => (await import('./commands/checkpoint.js')).show));
  online(checkpoint.command('anchor'))
    .description('have a chain anchor its newest blocks now')
    .argument('<chain>')
    .option('--wait', 'come back when its head of now is anchored')
    .option('--timeout <duration>', 'how long --wait waits', '60s')
    .addHelpText('after', examples('checkpoint anchor shop --wait'))
    .action(lazily(async () => (await import('./commands/checkpoint-anchor.js')).run));
  online(checkpoint.command('export'))
    .description('a proof bundle that `checkpoint verify` checks without any service')
    .argument('<chain>')
    .argument('<index>')
    .option('--account <address>', "prove this account's state too")
    .option('--slot <slot>', 'and this storage slot of it')
    .option('--save <file>', 'write the bundle there (default: standard output)')
    .addHelpText(
      'after',
      examples(
        'checkpoint export shop 3 --save shop-3.bundle.json',
        'checkpoint export shop 3 --account 0xf39F…2266 --slot 0 --save proof.json',
      ),
    )
    .action(lazily(async () => (await import('./commands/checkpoint-export.js')).run));
  checkpoint
    .command('verify')
    .description('check a saved bundle offline, against a root block hash that you trust')
    .argument('<file>', '"-": standard input')
    .requiredOption(
      '--root-hash <hash>',
      "hash of the root's block that the bundle starts from, from a source that you trust",
    )
    .addOption(json())
    .addHelpText(
      'after',
      examples('checkpoint verify proof.json --root-hash 0x5f…e1') +
        '\nExits with 7 when the bundle does not prove what it claims.\n',
    )
    .action(lazily(async () => (await import('./commands/checkpoint-verify.js')).run));
}

function addKey(program: Command): void {
  const key = program.command('key').description('API keys (admin)');
  online(key.command('create'))
    .description('make a key; it is shown once')
    .addOption(
      new Option('--role <role>', 'what it may do')
        .choices(['admin', 'tenant', 'viewer', 'rpc'])
        .makeOptionMandatory(),
    )
    .option('--tenant <name>', 'whose chains it touches (tenant), sees (viewer) or calls (rpc)')
    .option('--label <text>', 'what it is for')
    .addHelpText(
      'after',
      examples(
        'key create --role tenant --tenant acme --label ci',
        'key create --role rpc --tenant acme --label shop.example',
      ),
    )
    .action(lazily(async () => (await import('./commands/key.js')).create));
  online(key.command('list'))
    .description('all keys, without their secrets')
    .addHelpText('after', examples('key list'))
    .action(lazily(async () => (await import('./commands/key.js')).list));
  online(key.command('revoke'))
    .description('shut a key out at once')
    .argument('<id>')
    .addHelpText('after', examples('key revoke 7b0c3f8e-…'))
    .action(lazily(async () => (await import('./commands/key.js')).revoke));
}

function addRoot(program: Command): void {
  program
    .command('root')
    .description('the chain that anchors')
    .command('deploy')
    .description('put the root contracts on any EVM chain; what is there already stays')
    .requiredOption('--rpc-url <url>', 'JSON-RPC of the chain')
    .requiredOption('--private-key-file <file>', 'file with the key that pays, as 0x-hex')
    .addOption(json())
    .addHelpText(
      'after',
      examples('root deploy --rpc-url http://127.0.0.1:8545 --private-key-file deployer.key'),
    )
    .action(lazily(async () => (await import('./commands/root-deploy.js')).run));
}

function addStack(program: Command): void {
  program
    .command('up')
    .description('start everything on this machine, and stop it in order on Ctrl-C')
    .addOption(json())
    .addHelpText('after', examples('up'))
    .action(lazily(async () => (await import('./commands/up.js')).run));
  program
    .command('doctor')
    .description('check this machine and what runs on it')
    .option('--deep', 'also read everything that the root and the chains of this machine keep')
    .option('--data <folder>', "only read everything in this node's folder; it may be running")
    .addOption(json())
    .addHelpText(
      'after',
      `${examples('doctor', 'doctor --deep', 'doctor --data .flotilla/chains/shop')}\nExits with ${ExitCode.Unhealthy} when something is broken.\n`,
    )
    .action(lazily(async () => (await import('./commands/doctor/doctor.js')).run));
}

function addCapacity(program: Command): void {
  online(program.command('capacity'))
    .description('what of the host is promised to chains, and what is left')
    .addHelpText('after', examples('capacity', 'capacity --json'))
    .action(lazily(async () => (await import('./commands/capacity.js')).run));
}

function addBench(program: Command): void {
  online(program.command('bench'))
    .description(
      'a short load on a chain of the dev profile: its funded accounts send to themselves',
    )
    .argument('<chain>')
    .option('--seconds <count>', 'how long to send, 1 to 600; then all is waited for', '10')
    .option('--rate <count>', 'transactions per second (default: as fast as it goes)')
    .option('--connections <count>', 'senders with one request in flight each, 1 to 10', '8')
    .addHelpText(
      'after',
      `${examples('bench demo', 'bench shop --seconds 30 --rate 100 --json')}
Latencies count from the request: "send" to its answer, "inclusion" to the sight of the block (looked for every
50 ms). This command signs as it sends, so a fast chain may wait for it: \`npm run bench\` measures limits.
Exits with ${ExitCode.TimedOut} when something that was accepted is in no block after 30 s without progress.
`,
    )
    .action(lazily(async () => (await import('./commands/bench.js')).run));
}

const EXIT_CODES = `
Exit codes:
  0 done                    5 no key, or one that may not do this
  1 refused or failed       6 taken, or changed meanwhile
  2 wrong command line      7 a bundle proves nothing
  3 nothing answers         8 not in time
  4 no such thing           9 doctor found something broken
`;

/** The whole command line. Parsing errors throw `CommanderError` instead of ending the process. */
export function createProgram(): Command {
  const program = new Command('flotilla')
    .description('A chain of its own for every dApp, all anchored to one root.')
    .version('0.1.0')
    .showSuggestionAfterError()
    .addHelpText('after', examples('up', 'chain create my-game --wait', 'doctor') + EXIT_CODES);
  addStack(program);
  addChain(program);
  addCheckpoint(program);
  addRoot(program);
  addKey(program);
  addCapacity(program);
  addBench(program);
  const overrideExit = (command: Command) => {
    command.exitOverride().configureOutput({ outputError: () => {} });
    command.commands.forEach(overrideExit);
  };
  overrideExit(program);
  return program;
}
