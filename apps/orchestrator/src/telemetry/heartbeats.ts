import type { Clock, Logger } from '@flotilla/common';
import type { Heartbeat } from '@flotilla/messaging';
import { chainLimits, leaseOf } from '@flotilla/orchestration';
import type { ChainStore, StoredChain } from '@flotilla/persistence';
import type { ChainDirectory } from '../chains/chain-directory.js';
import type { ChainSignal } from '../chains/chain-signal.js';
import type { EventStreams } from '../events/event-streams.js';
import type { IdleWatch } from '../sleep/idle-watch.js';
import type { ConditionWriter } from './condition-writer.js';
import type { LiveChain, LiveChains } from './live-chains.js';

export interface HeartbeatModules {
  readonly live: LiveChains;
  readonly directory: ChainDirectory;
  readonly chains: ChainStore;
  readonly signal: ChainSignal;
  readonly streams: EventStreams;
  readonly conditions: ConditionWriter;
  readonly idle: Pick<IdleWatch, 'beat'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const PERSIST_EVERY_MS = 10_000;
const STOPPED: ReadonlySet<string> = new Set(['Sleeping', 'Paused', 'Archived', 'Failed']);
/** The root's node beats too; it is no chain of ours. */
const ROOT = 'root';

/** Heartbeats become live figures and, now and then, the heads that the database remembers. */
export class Heartbeats {
  readonly #persisted = new Map<string, { at: number; mark: string }>();
  #unfollow: () => void = () => {};

  constructor(readonly modules: HeartbeatModules) {}

  start(): void {
    this.#unfollow = this.modules.signal.on((chain) => this.#settle(chain));
  }

  stop(): void {
    this.#unfollow();
  }

  /** A chain that was stopped keeps the heads of its last heartbeat. */
  #settle(chain: StoredChain): void {
    const figures = STOPPED.has(chain.status.phase) ? this.modules.live.get(chain.name) : undefined;
    if (!figures) return;
    this.modules.live.forget(chain.name);
    this.#persisted.delete(chain.id);
    void this.#persist(chain.id, figures);
  }

  async beat(name: string, beat: Heartbeat): Promise<void> {
    const { live, directory, streams } = this.modules;
    if (name === ROOT) {
      live.note(name, beat);
      return;
    }
    const chain = directory.peek(name) ?? (await directory.find(name).catch(() => undefined));
    // A chain is where its producer is; of its followers the reconciler asks itself.
    if (!chain || beat.role === 'follower' || beat.epoch < leaseOf(chain).epoch) return;
    live.note(name, beat);
    const figures = live.get(name);
    if (!figures) return;
    streams.head(name, figures);
    if (beat.tampered !== undefined) await this.#tell(chain, beat.tampered);
    await this.#tellDisk(chain, beat.disk?.full ?? false);
    await this.#persist(chain.id, figures);
    await this.modules.idle.beat(chain, beat);
  }

  /** Once: the mark of a chain that was tampered with never goes away. */
  async #tell(
    chain: StoredChain,
    { by, block }: NonNullable<Heartbeat['tampered']>,
  ): Promise<void> {
    if (chain.status.conditions.some((c) => c.type === 'Tampered' && c.status)) return;
    const message = `Development methods bent its state or history at block ${block} (${by}): it is anchored no more.`;
    await this.modules.conditions.write(chain, (writer) =>
      writer.conditions({ type: 'Tampered', status: true, reason: 'DEV_METHODS', message }),
    );
  }

  /** As long as the node is read-only. */
  async #tellDisk(chain: StoredChain, isFull: boolean): Promise<void> {
    if (isFull === chain.status.conditions.some((c) => c.type === 'DiskFull')) return;
    const { diskMb } = chainLimits(chain).host;
    const what =
      diskMb === null ? "The host's disk is full" : `Its quota of ${diskMb} MB is used up`;
    const message = `${what}: it is read-only until the quota is raised or space is freed.`;
    await this.modules.conditions.write(chain, (writer) =>
      isFull
        ? writer.conditions({ type: 'DiskFull', status: true, reason: 'DISK_FULL', message })
        : writer.without('DiskFull'),
    );
  }

  async #persist(id: string, { head, safe, finalized }: LiveChain): Promise<void> {
    const now = this.modules.clock.now();
    const mark = `${head.number} ${safe.number} ${finalized.number}`;
    const last = this.#persisted.get(id);
    if (last && (last.mark === mark || now - last.at < PERSIST_EVERY_MS)) return;
    this.#persisted.set(id, { at: now, mark });
    await this.modules.chains
      .saveObserved(id, { head, safe, finalized })
      .catch((error) => this.modules.logger.debug('head not saved', { id, error: String(error) }));
  }
}
