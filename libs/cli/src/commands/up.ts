import type { CommandContext } from '../context.js';

export async function run(context: CommandContext): Promise<void> {
  const { runUp } = await import('../up/index.js');
  await runUp({ json: context.json });
}
