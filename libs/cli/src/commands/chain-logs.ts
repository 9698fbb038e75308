import type { CommandContext } from '../context.js';
import { newLines } from '../output/log-tail.js';
import { parseInteger } from './spec-options.js';

export interface LogsOptions {
  readonly lines: string;
  readonly follow?: boolean;
}

const FOLLOW_EVERY_MS = 1_000;

export async function run(
  context: CommandContext,
  options: LogsOptions,
  name: string,
): Promise<void> {
  const count = parseInteger('--lines', options.lines);
  const { chains } = await context.client();
  let seen = await chains.logs(name, count);
  if (!options.follow) {
    context.print({ lines: seen }, () => seen.join('\n'));
    return;
  }
  write(context, seen);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, FOLLOW_EVERY_MS));
    const tail = await chains.logs(name, 1_000);
    write(context, newLines(seen, tail));
    seen = tail;
  }
}

function write(context: CommandContext, lines: readonly string[]): void {
  for (const line of lines) {
    context.terminal.out(`${context.json ? JSON.stringify({ line }) : line}\n`);
  }
}
