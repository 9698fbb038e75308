import type { Chain, ChainPhase, ChainsApi } from '@flotilla/sdk';
import type { CommandContext } from '../context.js';
import { CliError, CliErrorCode } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import { parseDurationMs } from './spec-options.js';

export interface ChangeOptions {
  readonly wait?: boolean;
  readonly timeout: string;
}

export interface DeleteOptions extends ChangeOptions {
  readonly yes?: boolean;
}

async function change(
  context: CommandContext,
  options: ChangeOptions,
  name: string,
  act: (chains: ChainsApi) => Promise<Chain>,
  target: ChainPhase,
): Promise<void> {
  const timeoutMs = parseDurationMs(options.timeout);
  const { chains } = await context.client();
  const progress = context.progress();
  try {
    let chain = await act(chains);
    if (options.wait) {
      chain = await chains.waitFor(name, target, {
        timeoutMs,
        onPhase: (phase) => progress.step(`${name}: ${phase}`),
      });
    }
    progress.done();
    context.print(chain, () =>
      chain.status.phase === target
        ? `${name} is ${target}`
        : `${name} is ${chain.status.phase}, on its way to ${target}`,
    );
  } catch (error) {
    progress.done();
    throw error;
  }
}

export const pause = (context: CommandContext, options: ChangeOptions, name: string) =>
  change(context, options, name, (chains) => chains.pause(name), 'Paused');

export const resume = (context: CommandContext, options: ChangeOptions, name: string) =>
  change(context, options, name, (chains) => chains.resume(name), 'Running');

export const restart = (context: CommandContext, options: ChangeOptions, name: string) =>
  change(context, options, name, (chains) => chains.restart(name), 'Running');

export const sleep = (context: CommandContext, options: ChangeOptions, name: string) =>
  change(context, options, name, (chains) => chains.sleep(name), 'Sleeping');

export const wake = (context: CommandContext, options: ChangeOptions, name: string) =>
  change(context, options, name, (chains) => chains.wake(name), 'Running');

export async function remove(
  context: CommandContext,
  options: DeleteOptions,
  name: string,
): Promise<void> {
  if (!options.yes && !(await confirmed(context, name))) {
    throw new CliError(CliErrorCode.ConfirmationNeeded, `${name} was not deleted`, {
      exitCode: ExitCode.Usage,
      next: 'type its name when asked, or give --yes',
    });
  }
  await change(context, options, name, (chains) => chains.delete(name), 'Archived');
}

async function confirmed(context: CommandContext, name: string): Promise<boolean> {
  if (!context.terminal.interactive || context.json || process.stdin.isTTY !== true) return false;
  const { createInterface } = await import('node:readline/promises');
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question(
    `This stops ${name} for good; its data is kept in the archive. Type its name to go on: `,
  );
  prompt.close();
  return answer.trim() === name;
}
