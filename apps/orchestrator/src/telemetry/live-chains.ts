import type { Clock } from '@flotilla/common';
import type { Heartbeat } from '@flotilla/messaging';
import type { BlockRef, HeadRef, LiveStatus } from '@flotilla/orchestration';

export interface LiveChain {
  readonly head: HeadRef;
  readonly safe: BlockRef;
  readonly finalized: BlockRef;
  readonly live: LiveStatus;
}

interface Sample {
  readonly at: number;
  readonly txTotal: number;
  readonly cpuSeconds: number;
}

interface Entry {
  readonly beat: Heartbeat;
  readonly receivedAt: number;
  readonly samples: readonly Sample[];
}

const WINDOW_MS = 10_000;
/** A chain that has been silent for this long, twice the time between the heartbeats of an idle one, has no live figures. */
const STALE_MS = 11_000;

/** The newest heartbeat of every chain, by name, in memory only. */
export class LiveChains {
  readonly #entries = new Map<string, Entry>();

  constructor(readonly clock: Clock) {}

  note(chain: string, beat: Heartbeat): void {
    const now = this.clock.now();
    const previous = this.#entries.get(chain);
    // Another process counts from its own start.
    const kept = previous?.beat.instanceId === beat.instanceId ? previous.samples : [];
    const samples = kept.filter((sample) => now - sample.at <= WINDOW_MS);
    this.#entries.set(chain, {
      beat,
      receivedAt: now,
      samples: [...samples, { at: now, txTotal: beat.txTotal, cpuSeconds: beat.cpuSeconds }],
    });
  }

  forget(chain: string): void {
    this.#entries.delete(chain);
  }

  /** Undefined without a recent heartbeat. */
  get(chain: string): LiveChain | undefined {
    const entry = this.#entries.get(chain);
    if (!entry || this.clock.now() - entry.receivedAt > STALE_MS) return undefined;
    const { beat } = entry;
    const { number, hash, stateRoot, timestamp } = beat.head;
    return {
      head: { number, hash, stateRoot, timestamp } as HeadRef,
      safe: beat.safe as BlockRef,
      finalized: beat.finalized as BlockRef,
      live: {
        tps: ratePerSecond(entry.samples, ({ txTotal }) => txTotal),
        txpool: beat.txpool,
        txTotal: beat.txTotal,
        rssBytes: beat.rssBytes,
        cpuSeconds: beat.cpuSeconds,
        cpuPercent: ratePerSecond(entry.samples, ({ cpuSeconds }) => 100 * cpuSeconds),
        queueDepth: beat.load?.queueDepth ?? 0,
        readP99Ms: beat.load?.readP99Ms ?? 0,
        diskBytes: beat.disk?.bytes ?? null,
        limitHits: beat.limitHits ?? {},
        idleMs: beat.idleMs ?? null,
        heartbeatAt: new Date(entry.receivedAt).toISOString(),
      },
    };
  }

  /** Names of all chains with a recent heartbeat. */
  names(): string[] {
    return [...this.#entries.keys()].filter((name) => this.get(name) !== undefined);
  }
}

function ratePerSecond(samples: readonly Sample[], total: (sample: Sample) => number): number {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.at <= first.at) return 0;
  const rate = ((total(last) - total(first)) * 1000) / (last.at - first.at);
  return Math.max(0, Math.round(rate * 100) / 100);
}
