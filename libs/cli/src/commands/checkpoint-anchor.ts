import type { CheckpointRecord, FlotillaClient } from '@flotilla/sdk';
import type { CommandContext } from '../context.js';
import { CliError, CliErrorCode } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import { formatCheckpoint } from '../output/checkpoint-view.js';
import { parseDurationMs } from './spec-options.js';

export interface AnchorOptions {
  readonly wait?: boolean;
  readonly timeout: string;
}

const POLL_MS = 200;

export async function run(
  context: CommandContext,
  options: AnchorOptions,
  name: string,
): Promise<void> {
  const timeoutMs = parseDurationMs(options.timeout);
  const client = await context.client();
  const head = (await client.chains.get(name)).status.head?.number ?? 0;
  await client.checkpoints.anchor(name);
  if (!options.wait) {
    context.print(
      { requested: true },
      () => `${name} anchors now. See it: flotilla checkpoint list ${name}`,
    );
    return;
  }
  const progress = context.progress();
  progress.step(`${name}: waiting for block ${head} to be anchored`);
  try {
    const record = await anchored(client, name, head, Date.now() + timeoutMs);
    progress.done();
    context.print(record, () => formatCheckpoint(record));
  } catch (error) {
    progress.done();
    throw error;
  }
}

async function anchored(
  client: FlotillaClient,
  name: string,
  block: number,
  deadline: number,
): Promise<CheckpointRecord> {
  for (;;) {
    const records = await client.checkpoints.list(name, { limit: 5 });
    const found = records.find((r) => r.status !== 'proposed' && r.lastBlock >= block);
    if (found !== undefined) return found;
    if (Date.now() > deadline) {
      throw new CliError(CliErrorCode.NotInTime, `block ${block} of ${name} is not anchored yet`, {
        exitCode: ExitCode.TimedOut,
        next: 'see `flotilla checkpoint list` and `flotilla doctor`; it is retried meanwhile',
      });
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
