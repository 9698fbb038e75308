import { type Address, type Hex, hexToBytes } from '@flotilla/common';
import { RpcError, RpcErrorCode } from '../../errors.js';

export interface DevAccount {
  readonly address: Address;
  /** 32 bytes. Everybody knows it. */
  readonly privateKey: Hex;
}

/** Whom a development chain's node signs for, and whom it lets send without a signature. In memory. */
export class DevWallets {
  readonly #keys: ReadonlyMap<Address, Uint8Array>;
  readonly #impersonated = new Set<Address>();
  /** Everybody is impersonated. */
  isOpen = false;

  constructor(accounts: readonly DevAccount[]) {
    this.#keys = new Map(accounts.map((one) => [one.address, hexToBytes(one.privateKey)]));
  }

  get addresses(): Address[] {
    return [...this.#keys.keys()];
  }

  find(account: Address): Uint8Array | undefined {
    return this.#keys.get(account);
  }

  /** @throws RpcError `UNKNOWN_ACCOUNT` */
  key(account: Address): Uint8Array {
    const key = this.#keys.get(account);
    if (key === undefined) throw unknownAccount(account);
    return key;
  }

  impersonate(account: Address): void {
    this.#impersonated.add(account);
  }

  /** False when it wasn't impersonated. */
  stopImpersonating(account: Address): boolean {
    return this.#impersonated.delete(account);
  }

  isImpersonated(account: Address): boolean {
    return this.isOpen || this.#impersonated.has(account);
  }

  forget(): void {
    this.#impersonated.clear();
    this.isOpen = false;
  }
}

export function unknownAccount(account: Address): RpcError {
  return new RpcError(RpcErrorCode.UnknownAccount, `unknown account ${account}`);
}
