import { CHAIN_REGISTRY_ADDRESS, CHECKPOINT_MANAGER_ADDRESS } from '@flotilla/anchoring';
import type { Address, Hex } from '@flotilla/common';
import type { DeployProgress } from '@flotilla/contracts';

export interface DeployRootOptions {
  /** JSON-RPC of any EVM chain. */
  readonly rpcUrl: string;
  /** Of the account that pays. */
  readonly privateKey: Hex;
  readonly onProgress?: (progress: DeployProgress) => void;
}

export interface DeployedRoot {
  readonly chainId: number;
  /** The same address on every root. */
  readonly registry: Address;
  /** The same address on every root. */
  readonly checkpointManager: Address;
  readonly deployer: Address;
}

/**
 * Makes an EVM chain a root: puts the contracts there. What is there already stays, so that it can be
 * repeated after any failure.
 *
 * @throws RootError `ROOT_UNREACHABLE`, `INSUFFICIENT_FUNDS`, `DEPLOYMENT_PROXY_MISSING`, `ROOT_NOT_DEPLOYED`
 * @example
 * const root = await deployRoot({ rpcUrl: 'http://127.0.0.1:8545', privateKey });
 * console.log(root.checkpointManager);
 */
export async function deployRoot(options: DeployRootOptions): Promise<DeployedRoot> {
  const [contracts, { Wallet }] = await Promise.all([
    import('@flotilla/contracts'),
    import('ethers'),
  ]);
  const provider = await contracts.connectProvider({ rpcUrl: options.rpcUrl });
  try {
    const wallet = new Wallet(options.privateKey, provider);
    await contracts.deployRoot({ provider, wallet }, { onProgress: options.onProgress });
    const { chainId } = await provider.getNetwork();
    return {
      chainId: Number(chainId),
      registry: CHAIN_REGISTRY_ADDRESS,
      checkpointManager: CHECKPOINT_MANAGER_ADDRESS,
      deployer: wallet.address.toLowerCase() as Address,
    };
  } finally {
    provider.destroy();
  }
}
