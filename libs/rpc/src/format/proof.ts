import type { AccountProof } from '@flotilla/chain';
import { bigIntToHex, bytesToHex } from '@flotilla/common';
import type { SlotKey } from '../params/values.js';
import { quantity } from './quantity.js';

/** EIP-1186; each key is named the way it was asked for, as geth does. */
export function formatProof(
  proof: AccountProof,
  keys: readonly SlotKey[],
): Record<string, unknown> {
  return {
    address: proof.address,
    accountProof: proof.accountProof.map(bytesToHex),
    balance: quantity(proof.balance),
    codeHash: proof.codeHash,
    nonce: quantity(proof.nonce),
    storageHash: proof.storageHash,
    storageProof: proof.storageProof.map((entry, position) => ({
      key: keys[position].padded ? bigIntToHex(entry.key, 32) : quantity(entry.key),
      value: quantity(entry.value),
      proof: entry.proof.map(bytesToHex),
    })),
  };
}
