import { type Address, hexToBytes } from '@flotilla/common';
import { HDNodeWallet } from 'ethers';
import { devMnemonic } from '../../test/accounts.js';

export interface Account {
  readonly address: Address;
  readonly privateKey: Uint8Array;
}

/** Who takes part: the senders of the measured load, and one account more that deploys the contracts. */
export interface Cast {
  readonly mnemonic: string;
  readonly senders: readonly Account[];
  readonly deployer: Account;
}

/** So many accounts send at once. */
export const SENDERS = 50;

/** Accounts of the well-known mnemonic, because that is what anvil and Hardhat fund. */
export function createCast(senderCount: number): Cast {
  const parent = HDNodeWallet.fromPhrase(devMnemonic, undefined, "m/44'/60'/0'/0");
  const accounts = Array.from({ length: senderCount + 1 }, (_, index) => {
    const { address, privateKey } = parent.deriveChild(index);
    return { address: address.toLowerCase() as Address, privateKey: hexToBytes(privateKey) };
  });
  return {
    mnemonic: devMnemonic,
    senders: accounts.slice(0, senderCount),
    deployer: accounts[senderCount],
  };
}

/** Wei. Every account of the cast has so much, on every peer. */
export const STARTING_BALANCE = 1_000_000n * 10n ** 18n;
