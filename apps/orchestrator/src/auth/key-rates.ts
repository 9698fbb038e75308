import { type Clock, TokenBucket } from '@flotilla/common';
import { ApiError, ApiErrorCode } from '../errors.js';
import type { Principal } from '../http/request.js';

export interface KeyRateOptions {
  /** What a tenant may spend in a second, all of its keys together, and what it may save up. */
  readonly unitsPerSecond: number;
  readonly burstUnits: number;
  /** A read costs one unit. */
  readonly unitsOfAWrite: number;
}

export const KEY_RATES: KeyRateOptions = {
  unitsPerSecond: 50,
  burstUnits: 500,
  unitsOfAWrite: 10,
};

/** Tenants whose spending is remembered. */
const MAX_TENANTS = 10_000;

/** How often a tenant may ask the control plane; admins as often as they like. */
export class KeyRates {
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(
    private readonly options: KeyRateOptions,
    readonly modules: { readonly clock: Clock },
  ) {}

  /** @throws ApiError `RATE_LIMITED`, with the time after which to try again */
  spend({ role, tenant, keyId }: Principal, isRead: boolean): void {
    if (role === 'admin') return;
    const now = this.modules.clock.now();
    const bucket = this.#bucket(tenant ?? keyId, now);
    const retryAfterMs = bucket.waitMs(now);
    if (retryAfterMs > 0) {
      throw new ApiError(ApiErrorCode.RateLimited, 'over the limit restUnitsPerSecond', {
        data: { limit: 'restUnitsPerSecond', retryAfterMs },
      });
    }
    bucket.debit(isRead ? 1 : this.options.unitsOfAWrite, now);
  }

  #bucket(owner: string, now: number): TokenBucket {
    const known = this.#buckets.get(owner);
    if (known !== undefined) return known;
    if (this.#buckets.size >= MAX_TENANTS) this.#buckets.clear();
    const { unitsPerSecond, burstUnits } = this.options;
    const bucket = new TokenBucket(unitsPerSecond, burstUnits, now);
    this.#buckets.set(owner, bucket);
    return bucket;
  }
}
