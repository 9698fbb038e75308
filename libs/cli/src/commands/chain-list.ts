import type { Chain, ChainPhase } from '@flotilla/sdk';
import type { CommandContext } from '../context.js';
import { formatChainTable } from '../output/chain-view.js';

export interface ListOptions {
  readonly phase?: ChainPhase;
  readonly tenant?: string;
}

export async function run(context: CommandContext, options: ListOptions): Promise<void> {
  const { chains } = await context.client();
  const all: Chain[] = [];
  const filter = { phase: options.phase, tenant: options.tenant };
  for await (const chain of chains.all(filter)) all.push(chain);
  context.print(all, () => formatChainTable(all, Date.now()));
}
