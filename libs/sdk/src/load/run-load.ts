import type { InclusionWatch } from './inclusion-watch.js';
import { type Latency, latencyOf } from './latency.js';
import { type LoadTimer, Pace } from './pace.js';
import { SendRefusal } from './rpc-endpoint.js';

export interface LoadOptions {
  /** How long to send. */
  readonly seconds: number;
  /** Transactions a second of all senders together; default: as fast as it goes. */
  readonly rate?: number;
  readonly onProgress?: (progress: LoadProgress) => void;
}

export interface LoadProgress {
  readonly sent: number;
  readonly mined: number;
  readonly errors: number;
}

export interface LoadReport {
  readonly sent: number;
  readonly mined: number;
  /** Accepted, but in no block by the end of the wait. */
  readonly missing: number;
  readonly sentPerSecond: number;
  /** By the time from the first send to the sight of the last block. */
  readonly minedPerSecond: number;
  /** From the request to its answer. */
  readonly sendLatencyMs: Latency;
  /** From the request to the sight of the block. */
  readonly inclusionLatencyMs: Latency;
  /** Sends refused, by code. */
  readonly errors: Readonly<Record<string, number>>;
}

/** What a sender must be able to do. */
export interface LoadSender {
  synchronize(): Promise<void>;
  sign(): Promise<string>;
  send(raw: string): Promise<string>;
}

export interface LoadModules {
  readonly senders: readonly LoadSender[];
  readonly watch: InclusionWatch;
  readonly timer: LoadTimer;
}

const POLL_MS = 50;
const REFUSED_PAUSE_MS = 100;
/** Accepted and not yet mined; further sends wait. */
const MAX_WAITING = 10_000;
/** Without any block with ours in it, the rest counts as missing. */
const STALLED_MS = 30_000;

/** Sends until the time is over, then waits until everything that was accepted is in a block. */
export async function runLoad(options: LoadOptions, modules: LoadModules): Promise<LoadReport> {
  const { senders, watch, timer } = modules;
  const latencies: number[] = [];
  const errors: Record<string, number> = {};
  let inFlight = 0;
  let refused = 0;
  let sending = true;
  await Promise.all(senders.map((sender) => sender.synchronize()));
  const startedAt = timer.now();
  const endsAt = startedAt + 1_000 * options.seconds;
  const pace = new Pace(options.rate, timer);

  const refuse = (error: unknown) => {
    if (!(error instanceof SendRefusal)) throw error;
    errors[error.code] = (errors[error.code] ?? 0) + 1;
    refused++;
  };
  const deliver = async (sender: LoadSender) => {
    const raw = await sender.sign();
    const sentAt = timer.now();
    inFlight++;
    try {
      const hash = await sender.send(raw);
      latencies.push(timer.now() - sentAt);
      watch.accepted(hash, sentAt);
    } finally {
      inFlight--;
    }
  };
  const run = async (sender: LoadSender) => {
    for (;;) {
      await pace.turn();
      if (timer.now() >= endsAt) return;
      if (watch.waiting >= MAX_WAITING) {
        await timer.sleep(POLL_MS);
        continue;
      }
      try {
        await deliver(sender);
      } catch (error) {
        refuse(error);
        await timer.sleep(REFUSED_PAUSE_MS);
        await sender.synchronize().catch(refuse);
      }
    }
  };
  const follow = async () => {
    let progressAt = startedAt;
    for (let mined = 0; sending || watch.waiting > 0; ) {
      await timer.sleep(POLL_MS);
      await watch.look(() => inFlight).catch(refuse);
      if (sending || watch.latencies.length > mined) progressAt = timer.now();
      mined = watch.latencies.length;
      options.onProgress?.({ sent: latencies.length, mined, errors: refused });
      if (timer.now() - progressAt > STALLED_MS) return;
    }
  };
  let sentBy = startedAt;
  const sendAll = Promise.all(senders.map(run)).finally(() => {
    sentBy = timer.now();
    sending = false;
  });
  await Promise.all([sendAll, follow()]);

  const perSecond = (count: number, until: number) =>
    count === 0 ? 0 : (1_000 * count) / Math.max(1, until - startedAt);
  return {
    sent: latencies.length,
    mined: watch.latencies.length,
    missing: watch.waiting,
    sentPerSecond: perSecond(latencies.length, sentBy),
    minedPerSecond: perSecond(watch.latencies.length, watch.lastMinedAt),
    sendLatencyMs: latencyOf(latencies),
    inclusionLatencyMs: latencyOf(watch.latencies),
    errors,
  };
}
