import type { CommandContext } from '../context.js';
import { invalidArgument } from '../errors.js';
import { formatFacts } from '../output/table.js';
import { readSecret } from '../settings.js';

export interface DeployOptions {
  readonly rpcUrl: string;
  readonly privateKeyFile: string;
}

const PRIVATE_KEY = /^(?:0x)?([0-9a-fA-F]{64})$/;

export async function run(context: CommandContext, options: DeployOptions): Promise<void> {
  const digits = PRIVATE_KEY.exec(await readSecret(options.privateKeyFile))?.[1];
  if (digits === undefined) {
    throw invalidArgument(
      `${options.privateKeyFile} holds no private key`,
      'it should hold 64 hex digits, with or without 0x, and nothing else',
    );
  }
  const { deployRoot } = await import('@flotilla/sdk');
  const progress = context.progress();
  try {
    const deployed = await deployRoot({
      rpcUrl: options.rpcUrl,
      privateKey: `0x${digits}`,
      onProgress: ({ contract, address, step }) => progress.step(`${contract} ${address}: ${step}`),
    });
    progress.done();
    context.print(deployed, () =>
      [
        formatFacts([
          ['Root', `${options.rpcUrl}, chain ${deployed.chainId}`],
          ['ChainRegistry', deployed.registry],
          ['CheckpointManager', deployed.checkpointManager],
          ['Paid by', deployed.deployer],
        ]),
        '',
        `Use it: FLOTILLA_ROOT_RPC_URL=${options.rpcUrl} flotilla up`,
      ].join('\n'),
    );
  } catch (error) {
    progress.done();
    throw error;
  }
}
