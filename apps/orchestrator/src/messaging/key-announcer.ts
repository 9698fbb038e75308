import {
  CONTROL,
  type EdgeKey,
  type KeysReply,
  type KeysRequest,
  Messages,
  type Messaging,
} from '@flotilla/messaging';
import type { ApiKeyStore } from '@flotilla/persistence';
import type { RouteFence } from './route-fence.js';

export interface KeyAnnouncerModules {
  readonly messaging: Pick<Messaging, 'publish'>;
  readonly keys: Pick<ApiKeyStore, 'good'>;
  readonly fence: Pick<RouteFence, 'passed'>;
}

/** Keys have about 120 bytes each. */
const LIST_PAGE = 5_000;

/** Tells gateways which API keys are good: each change at once, and the whole list on request. */
export class KeyAnnouncer {
  constructor(readonly modules: KeyAnnouncerModules) {}

  /** The list by hash, for a gateway that asks, so many at a time that they fit a message. */
  async list({ after }: KeysRequest): Promise<KeysReply> {
    const keys = await this.modules.keys.good({
      limit: LIST_PAGE,
      ...(after !== undefined && { after }),
    });
    const last = keys.length === LIST_PAGE ? keys.at(-1) : undefined;
    return { keys: [...keys], ...(last && { next: last.hash }) };
  }

  /** Resolves when every gateway that can be reached lets the key in; never rejects. */
  async created(key: EdgeKey): Promise<void> {
    await this.#changed(key, false);
  }

  /** Resolves when every gateway that can be reached shuts the key out; never rejects. */
  async revoked(key: EdgeKey): Promise<void> {
    await this.#changed(key, true);
  }

  #changed({ hash, tenant }: EdgeKey, isRevoked: boolean): Promise<void> {
    const { fence, messaging } = this.modules;
    messaging.publish(Messages.keyChanged, CONTROL, { hash, tenant, isRevoked });
    return fence.passed();
  }
}
