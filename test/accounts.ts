import { HDNodeWallet } from 'ethers';

export const devMnemonic = 'test test test test test test test test test test test junk';

/** The n-th account of the well-known development mnemonic. */
export function devWallet(index: number): HDNodeWallet {
  return HDNodeWallet.fromPhrase(devMnemonic, undefined, `m/44'/60'/0'/0/${index}`);
}
