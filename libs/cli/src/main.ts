import { type Command, CommanderError } from 'commander';
import { ExitCode } from './exit-code.js';
import { createProgram } from './program.js';

async function main(args: readonly string[]): Promise<number> {
  const program = createProgram();
  try {
    await program.parseAsync(args, { from: 'user' });
    // A command that worked may still have bad news.
    return Number(process.exitCode ?? ExitCode.Ok);
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return ExitCode.Ok;
      // A group without a command (`flotilla chain`) has shown its help already.
      if (error.code !== 'commander.help') reportUsage(program, error, args);
      return ExitCode.Usage;
    }
    return report(error, args);
  }
}

const wantsJson = (args: readonly string[]) => args.includes('--json');

function reportUsage(program: Command, error: CommanderError, args: readonly string[]): void {
  const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  const text = wantsJson(args)
    ? JSON.stringify({ error: { code: 'USAGE', message } })
    : `error: ${message} [USAGE]\n  next: ${whatNext(program, args)}`;
  process.stderr.write(`${text}\n`);
}

/** Help on the command that was meant: as many of the words as are commands, or the group that has such a command. */
function whatNext(program: Command, args: readonly string[]): string {
  const words = ['flotilla'];
  let command = program;
  for (const word of args) {
    const next = named(command, word);
    if (next === undefined) break;
    words.push(word);
    command = next;
  }
  const [unknown = ''] = args;
  const group = command === program && program.commands.find((each) => named(each, unknown));
  if (group) return `did you mean \`flotilla ${group.name()} ${unknown}\`?`;
  return `see \`${words.join(' ')} --help\``;
}

const named = (command: Command, word: string) =>
  command.commands.find((each) => each.name() === word);

async function report(error: unknown, args: readonly string[]): Promise<number> {
  const { explain, formatExplanation } = await import('./output/explain.js');
  const explanation = explain(error);
  const text = wantsJson(args)
    ? JSON.stringify({ error: explanation })
    : formatExplanation(explanation);
  process.stderr.write(`${text}\n`);
  if (explanation.exitCode === ExitCode.Internal && error instanceof Error) {
    process.stderr.write(`${error.stack}\n`);
  }
  return explanation.exitCode;
}

process.exitCode = await main(process.argv.slice(2));
