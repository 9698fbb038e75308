import type { EdgeKey } from '@flotilla/messaging';

/** The API keys that are good now. Fed by the control plane; reads never wait for it. */
export class KeyTable {
  /** Whose chains each opens, by its hash; null: all. Undefined before any list was had. */
  #tenants: Map<string, string | null> | undefined;

  /** False while nobody has told which keys there are. */
  get isLoaded(): boolean {
    return this.#tenants !== undefined;
  }

  get size(): number {
    return this.#tenants?.size ?? 0;
  }

  list(): EdgeKey[] {
    return Array.from(this.#tenants ?? [], ([hash, tenant]) => ({ hash, tenant }));
  }

  /** Undefined for a key that is unknown or revoked. */
  get(hash: string): { readonly tenant: string | null } | undefined {
    const tenant = this.#tenants?.get(hash);
    return tenant === undefined ? undefined : { tenant };
  }

  change({ hash, tenant, isRevoked }: EdgeKey & { readonly isRevoked: boolean }): void {
    if (isRevoked) this.#tenants?.delete(hash);
    else this.#tenants?.set(hash, tenant);
  }

  replaceAll(keys: readonly EdgeKey[]): void {
    this.#tenants = new Map(keys.map(({ hash, tenant }) => [hash, tenant]));
  }
}
