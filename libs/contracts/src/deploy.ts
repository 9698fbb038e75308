import {
  CHAIN_REGISTRY_ADDRESS,
  CHECKPOINT_MANAGER_ADDRESS,
  DEPLOYMENT_PROXY_ADDRESS,
  DEPLOYMENT_SALT,
} from '@flotilla/anchoring';
import { type Address, bytesToHex, concatBytes, type Hex, hexToBytes } from '@flotilla/common';
import type { BaseWallet, JsonRpcApiProvider } from 'ethers';
import { onRoot } from './decode-error.js';
import { RootError, RootErrorCode } from './errors.js';
import { chainRegistryInitCode, chainRegistryRuntimeCode } from './generated/chain-registry.js';
import {
  checkpointManagerInitCode,
  checkpointManagerRuntimeCode,
} from './generated/checkpoint-manager.js';
import { TransactionSender } from './transaction-sender.js';

/**
 * The proxy's own deployment (Arachnid/deterministic-deployment-proxy): signed by nobody, for no
 * chain in particular, at 100 gwei and 100,000 gas. Who sends it needs to fund the address it is from.
 */
export const PROXY_DEPLOYMENT = {
  from: '0x3fab184622dc19b6109349b94811493bf2a45362',
  cost: 10n ** 16n,
  raw: '0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba02222222222222222222222222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222',
} as const;

const PROXY_TIMEOUT_MS = 600_000;

export type DeployedContract = 'DeploymentProxy' | 'ChainRegistry' | 'CheckpointManager';

export interface DeployProgress {
  readonly contract: DeployedContract;
  readonly address: Address;
  /** `present`: it was there already. */
  readonly step: 'present' | 'sending' | 'deployed';
}

export interface DeployOptions {
  readonly onProgress?: (progress: DeployProgress) => void;
}

interface Modules {
  readonly provider: JsonRpcApiProvider;
  readonly wallet: BaseWallet;
}

const CONTRACTS: readonly [DeployedContract, Address, Hex, Hex][] = [
  ['ChainRegistry', CHAIN_REGISTRY_ADDRESS, chainRegistryInitCode, chainRegistryRuntimeCode],
  [
    'CheckpointManager',
    CHECKPOINT_MANAGER_ADDRESS,
    checkpointManagerInitCode,
    checkpointManagerRuntimeCode,
  ],
];

async function deployProxy({ provider }: Modules, sender: TransactionSender): Promise<void> {
  const { from, cost, raw } = PROXY_DEPLOYMENT;
  try {
    const missing = cost - (await provider.getBalance(from));
    if (missing > 0n) await sender.send({ to: from, data: '0x', value: missing });
    const hash = await provider.send('eth_sendRawTransaction', [raw]);
    await provider.waitForTransaction(hash, 1, PROXY_TIMEOUT_MS);
  } catch (cause) {
    throw new RootError(
      RootErrorCode.ProxyMissing,
      `this root lacks the deployment proxy ${DEPLOYMENT_PROXY_ADDRESS}, and does not take the ` +
        'transaction that creates it (it needs transactions without replay protection, EIP-155, at ' +
        '100 gwei): ask the operator of the root to place it',
      { cause, data: { address: DEPLOYMENT_PROXY_ADDRESS } },
    );
  }
}

/**
 * Puts our contracts, and the deployment proxy if need be, at the addresses they have on every root.
 * Does nothing for what is there already, so it can be repeated after any failure.
 * @throws RootError `DEPLOYMENT_PROXY_MISSING`, `ROOT_NOT_DEPLOYED` when something else stands at an
 * address, `INSUFFICIENT_FUNDS`, `ROOT_UNREACHABLE`
 */
export async function deployRoot(modules: Modules, options: DeployOptions = {}): Promise<void> {
  const { provider } = modules;
  const sender = new TransactionSender({}, modules);
  const codeAt = (address: Address) => onRoot(() => provider.getCode(address));

  const ensure = async (
    contract: DeployedContract,
    address: Address,
    deploy: () => Promise<unknown>,
    expected?: Hex,
  ) => {
    const report = (step: DeployProgress['step']) =>
      options.onProgress?.({ contract, address, step });
    const before = await codeAt(address);
    if (before === '0x') {
      report('sending');
      await deploy();
    }
    const code = await codeAt(address);
    if (code === '0x' || (expected !== undefined && code !== expected)) {
      throw new RootError(RootErrorCode.NotDeployed, `${address} does not hold ${contract}`, {
        data: { address, contract },
      });
    }
    report(before === '0x' ? 'deployed' : 'present');
  };

  await ensure('DeploymentProxy', DEPLOYMENT_PROXY_ADDRESS, () => deployProxy(modules, sender));
  for (const [contract, address, initCode, runtimeCode] of CONTRACTS) {
    const data = bytesToHex(concatBytes(hexToBytes(DEPLOYMENT_SALT), hexToBytes(initCode)));
    await ensure(
      contract,
      address,
      () => sender.send({ to: DEPLOYMENT_PROXY_ADDRESS, data }),
      runtimeCode,
    );
  }
}
