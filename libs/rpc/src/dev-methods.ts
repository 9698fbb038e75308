import type { Blockchain } from '@flotilla/chain';
import type { Clock } from '@flotilla/common';
import type { RpcMethod } from './method.js';
import { accountMethods } from './methods/dev/accounts.js';
import { type DevAccount, DevWallets } from './methods/dev/dev-wallets.js';
import { historyMethods } from './methods/dev/history.js';
import { type InformationOptions, informationMethods } from './methods/dev/information.js';
import { miningMethods, type SealingControls } from './methods/dev/mining.js';
import { signingMethods } from './methods/dev/signing.js';
import { stateChangeMethods } from './methods/dev/state-changes.js';
import { timeMethods } from './methods/dev/time.js';

export type { DevAccount };

export interface DevMethodsOptions extends InformationOptions {
  /** Whom the node signs for. */
  readonly accounts: readonly DevAccount[];
}

export interface DevMethodsModules {
  readonly chain: Blockchain;
  readonly sealing: SealingControls;
  readonly clock: Clock;
  /** @throws RpcError while no transactions are taken */
  readonly admit: () => void;
}

/** What test suites of Hardhat and Foundry ask of a development chain; on a production chain none of it is there. */
export function devMethods(options: DevMethodsOptions, modules: DevMethodsModules): RpcMethod[] {
  const { chain, sealing, clock, admit } = modules;
  const { dev } = chain;
  if (dev === undefined) return [];
  const wallets = new DevWallets(options.accounts);
  return [
    ...accountMethods(chain, wallets, admit),
    ...signingMethods(wallets),
    ...stateChangeMethods(dev),
    ...historyMethods(dev, wallets),
    ...timeMethods(dev, clock),
    ...miningMethods(dev, sealing),
    ...informationMethods(chain, options),
  ];
}
