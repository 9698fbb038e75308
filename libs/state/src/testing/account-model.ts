import { createMPT } from '@ethereumjs/mpt';
import {
  type Address,
  bigIntToMinimalBytes,
  bytesToHex,
  encodeRlp,
  type Hash,
  hexToBytes,
  keccak256,
} from '@flotilla/common';
import { slotHash } from '../state-keys.js';

export interface ModelAccount {
  nonce: bigint;
  balance: bigint;
  code: Uint8Array;
  storage: Map<bigint, bigint>;
}

/** The state as plain maps: slow, obvious, copied at every snapshot. */
export class AccountModel {
  accounts = new Map<Address, ModelAccount>();

  clone(): AccountModel {
    const copy = new AccountModel();
    for (const [address, account] of this.accounts) {
      copy.accounts.set(address, { ...account, storage: new Map(account.storage) });
    }
    return copy;
  }

  /** Made when missing. */
  open(address: Address): ModelAccount {
    let account = this.accounts.get(address);
    if (account === undefined) {
      account = { nonce: 0n, balance: 0n, code: new Uint8Array(0), storage: new Map() };
      this.accounts.set(address, account);
    }
    return account;
  }

  isEmpty(address: Address): boolean {
    const account = this.accounts.get(address);
    if (account === undefined) return true;
    return account.nonce === 0n && account.balance === 0n && account.code.length === 0;
  }

  setSlot(address: Address, slot: bigint, value: bigint): void {
    const { storage } = this.open(address);
    if (value === 0n) storage.delete(slot);
    else storage.set(slot, value);
  }

  /** By the reference implementation's trie, from nothing. */
  async root(): Promise<Hash> {
    const trie = await createMPT();
    for (const [address, account] of this.accounts) {
      const storage = await createMPT();
      for (const [slot, value] of account.storage) {
        await storage.put(slotHash(slot), encodeRlp(bigIntToMinimalBytes(value)));
      }
      const leaf = encodeRlp([
        bigIntToMinimalBytes(account.nonce),
        bigIntToMinimalBytes(account.balance),
        storage.root(),
        keccak256(account.code),
      ]);
      await trie.put(keccak256(hexToBytes(address)), leaf);
    }
    return bytesToHex(trie.root());
  }
}
