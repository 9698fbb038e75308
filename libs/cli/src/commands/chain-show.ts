import type { CommandContext } from '../context.js';
import { formatChain } from '../output/chain-view.js';

export async function run(context: CommandContext, _options: unknown, name: string): Promise<void> {
  const { chains } = await context.client();
  const chain = await chains.get(name);
  context.print(chain, () => formatChain(chain, Date.now()));
}
