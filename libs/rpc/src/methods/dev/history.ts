import type { DevControls } from '@flotilla/chain';
import { invalidParams } from '../../errors.js';
import { quantity } from '../../format/quantity.js';
import type { RpcMethod } from '../../method.js';
import { method, optional } from '../../params/parser.js';
import { fields, hash } from '../../params/values.js';
import type { DevWallets } from './dev-wallets.js';
import { bothFamilies, named } from './named.js';
import { number } from './values.js';

/** Ways back. */
export function historyMethods(dev: DevControls, wallets: DevWallets): RpcMethod[] {
  return [
    ...named(['evm_snapshot', 'anvil_snapshot'], (name) =>
      method(name, [], async () => quantity(await dev.snapshot())),
    ),
    ...named(['evm_revert', 'anvil_revert'], (name) =>
      method(name, [number], ([id]) => dev.revert(id)),
    ),
    ...named(bothFamilies('reset'), (name) =>
      method(name, [optional(fields)], async ([options]) => {
        if (isFork(options?.forking)) throw invalidParams('this chain forks no other');
        await dev.reset();
        wallets.forget();
        return true;
      }),
    ),
    method('hardhat_dropTransaction', [hash], ([transaction]) => dev.dropTransaction(transaction)),
    method('anvil_dropTransaction', [hash], async ([transaction]) =>
      (await dev.dropTransaction(transaction)) ? transaction : null,
    ),
    method('anvil_dropAllTransactions', [], async () => {
      await dev.dropAllTransactions();
      return null;
    }),
  ];
}

/** viem names no chain to fork, but always some `forking`. */
function isFork(forking: unknown): boolean {
  return typeof forking === 'object' && forking !== null && 'jsonRpcUrl' in forking;
}
