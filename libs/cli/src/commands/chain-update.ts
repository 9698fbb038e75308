import type { Chain } from '@flotilla/sdk';
import type { CommandContext } from '../context.js';
import { invalidArgument } from '../errors.js';
import { changeFromOptions, parseDurationMs, type SpecOptions } from './spec-options.js';

export interface UpdateOptions extends SpecOptions {
  readonly wait?: boolean;
  readonly timeout: string;
}

function outcome({ name, status, generation, observedGeneration }: Chain): string {
  if (observedGeneration < generation) {
    return `${name} was asked to change. Follow it: flotilla chain show ${name}`;
  }
  const { settings } = status;
  const from = settings?.generation === generation ? `, from block ${settings.fromBlock} on` : '';
  return `${name} has changed${from}`;
}

export async function run(
  context: CommandContext,
  options: UpdateOptions,
  name: string,
): Promise<void> {
  const timeoutMs = parseDurationMs(options.timeout);
  const change = await changeFromOptions(options);
  if (Object.values(change).every((field) => field === undefined)) {
    throw invalidArgument('nothing to change', 'name what is to change, e.g. --fees free');
  }
  const { chains } = await context.client();
  const chain = await chains.update(name, change, { wait: options.wait, timeoutMs });
  context.print(chain, () => outcome(chain));
}
