import type { Chain } from '@flotilla/sdk';
import type { CommandContext } from '../context.js';
import { formatWalletLines } from '../output/chain-view.js';
import { formatChainId } from '../output/format.js';
import { formatFacts } from '../output/table.js';
import { parseDurationMs, type SpecOptions, specFromOptions } from './spec-options.js';

export interface CreateOptions extends SpecOptions {
  readonly wait?: boolean;
  readonly timeout: string;
  readonly tenant?: string;
}

function formatReady(chain: Chain, seconds: string): string {
  return [
    `${chain.name} is ready (${seconds} s)`,
    '',
    formatFacts([
      ['  RPC URL', chain.status.rpcUrl ?? undefined],
      ['  WebSocket', chain.status.wsUrl ?? undefined],
      ['  Chain id', formatChainId(chain.chainId)],
    ]),
    '',
    formatWalletLines(chain),
  ].join('\n');
}

export async function run(
  context: CommandContext,
  options: CreateOptions,
  name: string,
): Promise<void> {
  const timeoutMs = parseDurationMs(options.timeout);
  const spec = await specFromOptions(options);
  const { chains } = await context.client();
  const progress = context.progress();
  progress.step(`${name}: asked for`);
  try {
    const created = await chains.create(name, spec, { tenant: options.tenant });
    if (!options.wait || created.spec.runtime === 'external') {
      progress.done();
      context.print(
        created,
        () => `${name} is ${created.status.phase}. Follow it: flotilla chain show ${name}`,
      );
      return;
    }
    const ready = await chains.waitFor(name, 'Running', {
      timeoutMs,
      onPhase: (phase) => progress.step(`${name}: ${phase}`),
    });
    progress.done();
    context.print(ready, () => formatReady(ready, progress.elapsedSeconds));
  } catch (error) {
    progress.done();
    throw error;
  }
}
