import type { Address, Hex } from '@flotilla/common';
import { privateKeyToAccount } from 'viem/accounts';

export interface TestAccount {
  readonly privateKey: Hex;
  readonly address: Address;
}

/** The same accounts in every run. */
export function testAccount(index: number): TestAccount {
  const privateKey: Hex = `0x${(index + 1).toString(16).padStart(64, '0')}`;
  return {
    privateKey,
    address: privateKeyToAccount(privateKey).address.toLowerCase() as Address,
  };
}
