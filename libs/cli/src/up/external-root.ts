import { UpError, UpErrorCode } from './errors.js';
import { readRelayerKey } from './relayer-key.js';
import type { HomeConfigFile } from './state/home-config.js';

export interface ExternalRootOptions {
  readonly rpcUrl: string;
  readonly relayerKeyFile: string;
}

/**
 * Puts our contracts on an external root unless they are there. A root that is known to have them may be away
 * for now: chains go on without it. @throws UpError `ROOT_NOT_READY`
 */
export async function prepareExternalRoot(
  { rpcUrl, relayerKeyFile }: ExternalRootOptions,
  homeConfig: HomeConfigFile,
  say: (sentence: string) => void,
): Promise<void> {
  const { deployRoot } = await import('@flotilla/sdk');
  try {
    const privateKey = readRelayerKey(relayerKeyFile);
    const { chainId } = await deployRoot({ rpcUrl, privateKey });
    homeConfig.change({ deployedRoot: rpcUrl });
    say(`the root is chain ${chainId} at ${rpcUrl}`);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    if (homeConfig.value.deployedRoot !== rpcUrl) {
      throw new UpError(UpErrorCode.RootNotReady, `the root at ${rpcUrl} can't be used: ${why}`, {
        cause,
      });
    }
    say(`the root at ${rpcUrl} is away (${why}); anchoring waits for it`);
  }
}
