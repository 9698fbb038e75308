import type { Address, Hex } from '@flotilla/common';
import { connectProvider, fetchBundle } from '@flotilla/contracts';
import type { StoredChain } from '@flotilla/persistence';
import { ApiError, ApiErrorCode } from '../errors.js';
import type { RootConnection } from '../root-chain/root-connection.js';

export interface BundleWish {
  readonly index: number;
  readonly account?: Address;
  readonly slot?: Hex;
}

/**
 * The canonical text of a proof bundle, made by asking the root and the chain.
 * @throws ApiError `CHAIN_UNAVAILABLE`; RootError, AnchoringError
 */
export async function makeBundle(
  chain: StoredChain,
  wish: BundleWish,
  root: RootConnection,
): Promise<string> {
  const { nodeRpcUrl } = chain.status;
  if (nodeRpcUrl === null || chain.chainId === null) {
    throw new ApiError(
      ApiErrorCode.ChainUnavailable,
      'a bundle is made by asking the chain, which has no process here',
      { retryable: chain.spec.runtime === 'managed' },
    );
  }
  const client = await root.client();
  const { chainId } = chain;
  const chainProvider = await connectProvider({ rpcUrl: nodeRpcUrl, chainId });
  try {
    return await fetchBundle({
      rootProvider: client.provider,
      chainProvider,
      chainId,
      index: wish.index,
      checkpointManager: client.checkpointManager,
      ...(wish.account && { account: wish.account }),
      ...(wish.slot && { slots: [wish.slot] }),
    });
  } finally {
    chainProvider.destroy();
  }
}
