import type { CommandContext } from '../context.js';
import { formatTable } from '../output/table.js';

/** What of the host is promised to chains, and what is left for more. */
export async function run(context: CommandContext): Promise<void> {
  const client = await context.client();
  const { capacity } = await client.fleet();
  context.print(capacity, () =>
    formatTable(
      ['', 'processor (cores)', 'memory (MiB)'],
      (['capacity', 'reserved', 'free'] as const).map((kind) => [
        kind,
        (capacity[kind].cpuMillis / 1_000).toString(),
        capacity[kind].memoryMb.toString(),
      ]),
    ),
  );
}
