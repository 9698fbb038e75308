import type { Clock, Logger } from '@flotilla/common';
import type { ApiKeyRecord, ApiKeyStore } from '@flotilla/persistence';
import { hashApiKey, isApiKey } from '@flotilla/platform';
import { ApiError, ApiErrorCode } from '../errors.js';
import type { Principal } from '../http/request.js';

const CACHE_MS = 10_000;
const CACHE_ENTRIES = 10_000;
const TOUCH_EVERY_MS = 60_000;

interface Entry {
  readonly principal: Principal;
  readonly checkedAt: number;
}

/** Turns a bearer key into who it stands for; good keys are remembered for a few seconds. */
export class Authenticator {
  readonly #cache = new Map<string, Entry>();
  readonly #touchedAt = new Map<string, number>();

  constructor(
    readonly modules: {
      readonly keys: ApiKeyStore;
      readonly clock: Clock;
      readonly logger: Logger;
    },
  ) {}

  /** @throws ApiError `UNAUTHENTICATED`; PersistenceError `DATABASE_UNAVAILABLE` */
  async authenticate(authorization: string | undefined): Promise<Principal> {
    const key = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (key === undefined) throw unauthenticated('give a key as "Authorization: Bearer <key>"');
    if (!isApiKey(key)) throw unauthenticated('the key is unknown or revoked');
    const hash = hashApiKey(key);
    const now = this.modules.clock.now();
    const cached = this.#cache.get(hash);
    const principal =
      cached && now - cached.checkedAt < CACHE_MS ? cached.principal : await this.#look(hash, now);
    this.#touch(principal.keyId, now);
    return principal;
  }

  /** A revoked key is refused from now on. */
  forget(): void {
    this.#cache.clear();
  }

  async #look(hash: string, now: number): Promise<Principal> {
    this.#cache.delete(hash);
    const record = await this.modules.keys.findByHash(hash);
    if (!record || record.revokedAt !== null)
      throw unauthenticated('the key is unknown or revoked');
    const principal = toPrincipal(record);
    if (this.#cache.size >= CACHE_ENTRIES) this.#cache.clear();
    this.#cache.set(hash, { principal, checkedAt: now });
    return principal;
  }

  #touch(id: string, now: number): void {
    if (now - (this.#touchedAt.get(id) ?? 0) < TOUCH_EVERY_MS) return;
    this.#touchedAt.set(id, now);
    this.modules.keys
      .touch(id, now)
      .catch((error) => this.modules.logger.debug('last use not noted', { error: String(error) }));
  }
}

function toPrincipal({ id, role, tenant, label }: ApiKeyRecord): Principal {
  return { keyId: id, role, tenant, label };
}

function unauthenticated(message: string): ApiError {
  return new ApiError(ApiErrorCode.Unauthenticated, message);
}
