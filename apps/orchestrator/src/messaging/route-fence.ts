import { randomUUID } from 'node:crypto';
import type { Clock, Logger } from '@flotilla/common';
import { CONTROL, Messages, type Messaging, type RoutesSeen } from '@flotilla/messaging';
import type { RouteAnnouncer } from './route-announcer.js';

export interface RouteFenceModules {
  readonly messaging: Pick<Messaging, 'publish'>;
  readonly announcer: Pick<RouteAnnouncer, 'sent'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Gateways ask for the whole list every 30 s: one that has missed two is gone. */
const FORGET_MS = 75_000;
/** How long one is waited for that does not answer: it may have died, or be cut off. */
const PATIENCE_MS = 3_000;

/**
 * Lets an answer wait until every gateway knows what it says: what the API has called running, or in force, is not
 * contradicted afterwards by a gateway that still answers from what it knew before.
 */
export class RouteFence {
  /** When each gateway was heard last. */
  readonly #gateways = new Map<string, number>();
  /** What to do when a gateway confirms one. */
  readonly #fences = new Map<string, (gateway: string) => void>();

  constructor(readonly modules: RouteFenceModules) {}

  /** A gateway follows the routes. */
  heard(gateway: string): void {
    const now = this.modules.clock.now();
    for (const [id, at] of this.#gateways) if (now - at > FORGET_MS) this.#gateways.delete(id);
    this.#gateways.set(gateway, now);
  }

  /** A gateway's answer to a fence. */
  seen({ gateway, fence }: RoutesSeen): void {
    this.heard(gateway);
    this.#fences.get(fence)?.(gateway);
  }

  /** Has the gateways that are there make themselves known. */
  discover(): void {
    this.#publish(randomUUID());
  }

  /**
   * Resolves when every known gateway has the routes as they were written before the call. One that can't be reached is
   * given up after some seconds, until it is heard again. Never rejects.
   */
  passed(): Promise<void> {
    const { announcer, clock, logger } = this.modules;
    const fence = randomUUID();
    const missing = new Set<string>();
    return new Promise((resolve) => {
      let isOver = false;
      const finish = () => {
        isOver = true;
        stopTimer();
        this.#fences.delete(fence);
        resolve();
      };
      const stopTimer = clock.after(PATIENCE_MS, () => {
        for (const gateway of missing) this.#gateways.delete(gateway);
        logger.warn('gateways may not have the newest routes yet', { missing: missing.size });
        finish();
      });
      void announcer.sent().then(() => {
        if (isOver) return;
        for (const gateway of this.#gateways.keys()) missing.add(gateway);
        this.#fences.set(fence, (gateway) => {
          missing.delete(gateway);
          if (missing.size === 0) finish();
        });
        if (missing.size === 0 || !this.#publish(fence)) finish();
      });
    });
  }

  #publish(fence: string): boolean {
    return this.modules.messaging.publish(Messages.routesFence, CONTROL, { fence });
  }
}
