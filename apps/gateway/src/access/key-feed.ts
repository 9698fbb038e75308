import type { Clock, Logger } from '@flotilla/common';
import { CONTROL, type EdgeKey, Messages, type Messaging, Requests } from '@flotilla/messaging';
import type { ListCache } from '../cache/list-cache.js';
import type { KeyTable } from './key-table.js';

export interface KeyFeedModules {
  readonly messaging: Pick<Messaging, 'request' | 'subscribe'>;
  readonly table: KeyTable;
  readonly cache: ListCache<EdgeKey>;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Change = EdgeKey & { readonly isRevoked: boolean };

/** While the control plane is silent. */
const RETRY_MS = 1_000;
/** A change whose message was lost is found at the latest after this. */
const REFRESH_MS = 30_000;

/** Keeps the key table current from NATS: the whole list, at each connection and now and then; changes as they happen. */
export class KeyFeed {
  /** Changes that arrived while a list was under way, which may be older than they are; one for each list. */
  readonly #changes = new Set<Change[]>();
  #cancelNext: () => void = () => {};
  #isStopped = false;

  constructor(private readonly modules: KeyFeedModules) {}

  subscribe(): void {
    const { messaging, table } = this.modules;
    messaging.subscribe(Messages.keyChanged, CONTROL, ({ data }) => {
      table.change(data);
      for (const changes of this.#changes) changes.push(data);
      this.#save();
    });
  }

  /** Asks for the whole list, and goes on asking until the control plane answers. Never throws. */
  async refill(): Promise<void> {
    const { table, clock, logger } = this.modules;
    this.#cancelNext();
    let nextMs = REFRESH_MS;
    const changes: Change[] = [];
    this.#changes.add(changes);
    try {
      table.replaceAll(await this.#askAll());
      for (const change of changes) table.change(change);
      this.#save();
    } catch (error) {
      nextMs = RETRY_MS;
      logger.debug('keys not listed', { keys: table.size, error: String(error) });
    }
    this.#changes.delete(changes);
    this.#cancelNext();
    if (!this.#isStopped) this.#cancelNext = clock.after(nextMs, () => void this.refill());
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelNext();
  }

  async #askAll(): Promise<EdgeKey[]> {
    const keys: EdgeKey[] = [];
    for (let after: string | undefined; ; ) {
      const page = await this.modules.messaging.request(Requests.keysList, CONTROL, {
        ...(after !== undefined && { after }),
      });
      keys.push(...page.keys);
      if (page.next === undefined) return keys;
      after = page.next;
    }
  }

  #save(): void {
    const { cache, table } = this.modules;
    cache.changed(() => table.list());
  }
}
