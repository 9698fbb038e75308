import type { ApiTransport } from './transport.js';
import type { CreatedKey, CreateKeyRequest, Identity, KeyRecord } from './types.js';

/** API keys, for admins. Reached as `client.keys`. */
export class KeysApi {
  constructor(private readonly transport: ApiTransport) {}

  /**
   * The key itself is in this answer and never again: the server keeps its hash only.
   *
   * @throws FlotillaApiError `FORBIDDEN` unless asked with an admin key
   * @example
   * const { key } = await client.keys.create({ role: 'tenant', tenant: 'acme', label: 'ci' });
   */
  create(request: CreateKeyRequest): Promise<CreatedKey> {
    return this.transport.request('POST', '/keys', { body: request });
  }

  /**
   * @example
   * const inUse = (await client.keys.list()).filter((key) => key.revokedAt === null);
   */
  async list(): Promise<readonly KeyRecord[]> {
    return (await this.transport.request<{ items: KeyRecord[] }>('GET', '/keys')).items;
  }

  /**
   * Shuts the key out at once.
   *
   * @example
   * await client.keys.revoke(id);
   */
  async revoke(id: string): Promise<void> {
    await this.transport.request('DELETE', `/keys/${encodeURIComponent(id)}`);
  }

  /**
   * Whose key this client uses.
   *
   * @example
   * if ((await client.keys.me()).role === 'viewer') console.log('read only');
   */
  me(): Promise<Identity> {
    return this.transport.request('GET', '/me');
  }
}
