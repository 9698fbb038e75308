import { type Clock, TokenBucket } from '@flotilla/common';
import { ApiError, ApiErrorCode } from '../errors.js';
import type { Principal } from '../http/request.js';

/** What may be spent in a second, and what may be saved up. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface KeyRateOptions {
  /** A read costs one unit. */
  readonly units: Rate;
  readonly unitsOfAWrite: number;
  /** Chains that are created: each takes processor time from all that run here. */
  readonly creates: Rate;
}

export const KEY_RATES: KeyRateOptions = {
  units: { perSecond: 50, burst: 500 },
  unitsOfAWrite: 10,
  creates: { perSecond: 0.5, burst: 20 },
};

/** How often a tenant may ask the control plane, all of its keys together; admins as often as they like. */
export class KeyRates {
  readonly #units: TenantBuckets;
  readonly #creates: TenantBuckets;

  constructor(
    private readonly options: KeyRateOptions,
    readonly modules: { readonly clock: Clock },
  ) {
    this.#units = new TenantBuckets('restUnitsPerSecond', options.units, modules.clock);
    this.#creates = new TenantBuckets('createsPerSecond', options.creates, modules.clock);
  }

  /** @throws ApiError `RATE_LIMITED`, with the time after which to try again */
  spend(caller: Principal, isRead: boolean): void {
    this.#units.spend(caller, isRead ? 1 : this.options.unitsOfAWrite);
  }

  /** A chain more. @throws ApiError `RATE_LIMITED` */
  spendCreate(caller: Principal): void {
    this.#creates.spend(caller, 1);
  }
}

/** Tenants whose spending is remembered. */
const MAX_TENANTS = 10_000;

class TenantBuckets {
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(
    private readonly limit: string,
    private readonly rate: Rate,
    private readonly clock: Clock,
  ) {}

  spend({ role, tenant, keyId }: Principal, amount: number): void {
    if (role === 'admin') return;
    const now = this.clock.now();
    const bucket = this.#bucket(tenant ?? keyId, now);
    const retryAfterMs = bucket.waitMs(now);
    if (retryAfterMs > 0) {
      const { limit } = this;
      throw new ApiError(ApiErrorCode.RateLimited, `over the limit ${limit}`, {
        data: { limit, retryAfterMs },
      });
    }
    bucket.debit(amount, now);
  }

  #bucket(owner: string, now: number): TokenBucket {
    const known = this.#buckets.get(owner);
    if (known !== undefined) return known;
    if (this.#buckets.size >= MAX_TENANTS) this.#buckets.clear();
    const bucket = new TokenBucket(this.rate.perSecond, this.rate.burst, now);
    this.#buckets.set(owner, bucket);
    return bucket;
  }
}
