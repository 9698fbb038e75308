import type { CommandContext } from '../context.js';
import { formatCheckpoint, formatCheckpointTable } from '../output/checkpoint-view.js';
import { parseInteger } from './spec-options.js';

export interface ListOptions {
  readonly limit: string;
  readonly before?: string;
}

export async function list(
  context: CommandContext,
  options: ListOptions,
  chain: string,
): Promise<void> {
  const limit = parseInteger('--limit', options.limit);
  const before =
    options.before === undefined ? undefined : parseInteger('--before', options.before);
  const { checkpoints } = await context.client();
  const records = await checkpoints.list(chain, { limit, before });
  context.print(records, () => formatCheckpointTable(records, Date.now()));
}

export async function show(
  context: CommandContext,
  _options: unknown,
  chain: string,
  index: string,
): Promise<void> {
  const number = parseInteger('<index>', index);
  const { checkpoints } = await context.client();
  const record = await checkpoints.get(chain, number);
  context.print(record, () => formatCheckpoint(record));
}
