import type { DevControls } from '@flotilla/chain';
import type { RpcMethod } from '../../method.js';
import { method } from '../../params/parser.js';
import { address, data, slotKey } from '../../params/values.js';
import { bothFamilies, named } from './named.js';
import { amount } from './values.js';

/** Accounts that are to be other than their transactions have left them. */
export function stateChangeMethods(dev: DevControls): RpcMethod[] {
  return [
    ...named([...bothFamilies('setBalance'), 'evm_setAccountBalance'], (name) =>
      method(name, [address, amount], async ([account, balance]) => {
        await dev.amend(name, account, (state) => state.setBalance(account, balance));
        return true;
      }),
    ),
    ...named([...bothFamilies('setNonce'), 'evm_setAccountNonce'], (name) =>
      method(name, [address, amount], async ([account, nonce]) => {
        await dev.amend(name, account, (state) => state.setNonce(account, nonce));
        return true;
      }),
    ),
    ...named([...bothFamilies('setCode'), 'evm_setAccountCode'], (name) =>
      method(name, [address, data], async ([account, code]) => {
        await dev.amend(name, account, (state) => state.setCode(account, code));
        return true;
      }),
    ),
    ...named([...bothFamilies('setStorageAt'), 'evm_setAccountStorageAt'], (name) =>
      method(name, [address, slotKey, data], async ([account, { slot }, word]) => {
        const value = word.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
        await dev.amend(name, account, (state) =>
          state.setStorage(account, slot, BigInt.asUintN(256, value)),
        );
        return true;
      }),
    ),
  ];
}
