import { CommanderError } from 'commander';
import { ExitCode } from './exit-code.js';
import { createProgram } from './program.js';

async function main(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: 'user' });
    // A command that worked may still have bad news.
    return Number(process.exitCode ?? ExitCode.Ok);
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return ExitCode.Ok;
      // A group without a command (`flotilla chain`) has shown its help already.
      if (error.code !== 'commander.help') reportUsage(error, args);
      return ExitCode.Usage;
    }
    return report(error, args);
  }
}

const wantsJson = (args: readonly string[]) => args.includes('--json');

function reportUsage(error: CommanderError, args: readonly string[]): void {
  const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  const text = wantsJson(args)
    ? JSON.stringify({ error: { code: 'USAGE', message } })
    : `error: ${message} [USAGE]\n  next: see \`flotilla ${commandOf(args)}--help\``;
  process.stderr.write(`${text}\n`);
}

/** The words before the first option: the command that was meant. */
function commandOf(args: readonly string[]): string {
  const end = args.findIndex((arg) => arg.startsWith('-'));
  const words = args.slice(0, Math.min(2, end === -1 ? args.length : end));
  return words.map((word) => `${word} `).join('');
}

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
