import { randomBytes } from 'node:crypto';
import type { Clock } from '@flotilla/common';
import { limitExceeded, RpcError, RpcErrorCode } from '../errors.js';
import type { Feed } from '../session.js';

export interface FilterRegistryOptions {
  readonly maxFilters: number;
  /** Events kept per filter between two polls. */
  readonly maxEvents: number;
  /** Characters of all filters' events; the filter that gets the event for which there is no room forgets its own. */
  readonly maxChars: number;
  /** A filter that nobody has polled for this long is gone; geth's figure is 5 minutes. */
  readonly lifetimeMs: number;
}

export const FILTER_DEFAULTS: FilterRegistryOptions = {
  maxFilters: 4096,
  maxEvents: 10_000,
  maxChars: 32_000_000,
  lifetimeMs: 5 * 60_000,
};

interface Filter {
  /** As the client gave them; undefined for filters of other things than logs. */
  readonly criteria: unknown;
  readonly stop: () => void;
  events: string[];
  overflowed: boolean;
  polledAt: number;
}

/** `eth_newFilter` and its kin: events gathered for clients that poll. */
export class FilterRegistry {
  readonly #filters = new Map<string, Filter>();
  #chars = 0;

  constructor(
    private readonly options: FilterRegistryOptions,
    private readonly modules: { readonly clock: Clock },
  ) {}

  /** @throws RpcError `LIMIT_EXCEEDED` */
  add(feed: Feed, criteria?: unknown): string {
    this.#expire();
    if (this.#filters.size >= this.options.maxFilters) {
      throw limitExceeded(`limit exceeded: ${this.options.maxFilters} filters`);
    }
    // A quantity: no leading zero digit.
    const id = `0x1${randomBytes(15).toString('hex')}`;
    const events: string[] = [];
    const stop = feed((resultText) => this.#gather(id, resultText));
    const polledAt = this.modules.clock.now();
    this.#filters.set(id, { criteria, stop, events, overflowed: false, polledAt });
    return id;
  }

  remove(id: string): boolean {
    const filter = this.#filters.get(id);
    if (filter === undefined) return false;
    filter.stop();
    this.#empty(filter);
    return this.#filters.delete(id);
  }

  /** @throws RpcError `FILTER_NOT_FOUND`, `LIMIT_EXCEEDED` once after more events than a filter holds */
  take(id: string): unknown[] {
    const filter = this.#get(id);
    const { events, overflowed } = filter;
    this.#empty(filter);
    filter.overflowed = false;
    if (overflowed)
      throw limitExceeded('limit exceeded: more events than are kept between two polls');
    return events.map((text): unknown => JSON.parse(text));
  }

  /** The criteria of a log filter. @throws RpcError `FILTER_NOT_FOUND` */
  criteria(id: string): unknown {
    const { criteria } = this.#get(id);
    if (criteria === undefined) throw notFound();
    return criteria;
  }

  #get(id: string): Filter {
    const filter = this.#filters.get(id);
    if (filter === undefined) throw notFound();
    filter.polledAt = this.modules.clock.now();
    return filter;
  }

  #gather(id: string, resultText: string): void {
    const filter = this.#filters.get(id);
    if (filter === undefined || filter.overflowed) return;
    if (this.modules.clock.now() - filter.polledAt > this.options.lifetimeMs) {
      this.remove(id);
    } else if (
      filter.events.length >= this.options.maxEvents ||
      this.#chars + resultText.length > this.options.maxChars
    ) {
      this.#empty(filter);
      filter.overflowed = true;
    } else {
      filter.events.push(resultText);
      this.#chars += resultText.length;
    }
  }

  #empty(filter: Filter): void {
    for (const text of filter.events) this.#chars -= text.length;
    filter.events = [];
  }

  #expire(): void {
    const oldest = this.modules.clock.now() - this.options.lifetimeMs;
    for (const [id, filter] of this.#filters) if (filter.polledAt < oldest) this.remove(id);
  }
}

function notFound(): RpcError {
  return new RpcError(RpcErrorCode.FilterNotFound, 'filter not found');
}
