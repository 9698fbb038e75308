import { ChainError, ChainErrorCode, type TransactionJournal } from '@flotilla/chain';
import type { Clock } from '@flotilla/common';
import type { RecordFile } from '../files/json-file.js';

/** The epoch in which producer and standby commit together. */
export interface Pairing {
  readonly epoch: number;
}

export interface StandbyModules {
  readonly pairing: RecordFile<Pairing>;
  readonly epoch: () => number;
  /** Everything that was promised and isn't mined, as records: a standby that joins gets it first. */
  readonly promised: () => readonly Uint8Array[];
  readonly clock: Clock;
  /** There is something new to tell. */
  readonly onNews: () => void;
}

interface Waiting {
  readonly number: number;
  readonly bytes: Uint8Array;
  resolve(): void;
  reject(error: ChainError): void;
}

/** A standby that has not been heard of for so long is no longer waited for. */
const LOST_MS = 2_500;
const CHECK_MS = 500;
/** Whoever begins to produce has a standby soon; sends wait so long for it, and are refused at once after that. */
const JOIN_MS = 10_000;

/**
 * The producer's view of the one follower that confirms. Once that follower has caught up the two are a pair for the
 * rest of the epoch: no transaction is promised, and no block committed, that the standby doesn't hold durably. So
 * whatever anybody has seen of the chain is there when the standby takes over.
 */
export class Standby {
  #pairing: Pairing | undefined;
  #heardAt: number | undefined;
  #isLive = false;
  /** The record up to which a standby that joins must hold all. */
  #joinsAt: number | undefined;
  #numbers = 0;
  /** The newest block that was let go without the standby: who joins must have it, also while it is being written. */
  #aloneUpTo = 0;
  #records: Waiting[] = [];
  /** Records that the standby had not confirmed when it began anew: it gets them when it joins. */
  #held: Waiting[] = [];
  #proposal: Waiting | undefined;
  #isClosed = false;
  #expectedUntil = 0;
  #joining: Promise<void> | undefined;
  #endJoining: () => void = () => {};
  #cancelCheck: () => void = () => {};

  constructor(private readonly modules: StandbyModules) {
    this.#pairing = modules.pairing.load();
  }

  get paired(): boolean {
    return this.#pairing?.epoch === this.modules.epoch();
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  get records(): readonly Pick<Waiting, 'number' | 'bytes'>[] {
    return this.#records;
  }

  get proposal(): Pick<Waiting, 'number' | 'bytes'> | undefined {
    return this.#proposal;
  }

  /** This instance begins to produce. */
  expect(): void {
    this.#expectedUntil = this.modules.clock.now() + JOIN_MS;
  }

  /** Until a standby has joined or isn't expected any more; undefined when there is nothing to wait for. */
  get joining(): Promise<void> | undefined {
    const { clock } = this.modules;
    const leftMs = this.#expectedUntil - clock.now();
    if (this.#isLive || leftMs <= 0) return undefined;
    this.#joining ??= new Promise((resolve) => {
      const stopTimer = clock.after(leftMs, () => this.#endJoining());
      this.#endJoining = () => {
        stopTimer();
        this.#joining = undefined;
        resolve();
      };
    });
    return this.#joining;
  }

  /** No standby is expected any more. */
  expectNobody(): void {
    this.#expectedUntil = 0;
    this.#endJoining();
  }

  /** @throws ChainError `NO_FOLLOWER` while nobody could keep what is sent */
  check(): void {
    if (this.isLive) return;
    throw new ChainError(
      ChainErrorCode.NoFollower,
      'no follower is there to keep the transaction as well: try again',
      { retryable: true },
    );
  }

  /** The standby has come to this block, the chain's newest or not, and holds records and proposals up to these. */
  heard(state: {
    readonly head: number;
    readonly isCaughtUp: boolean;
    readonly record: number;
    readonly proposal: number;
  }): void {
    if (this.#heardAt === undefined) this.#watch();
    this.#heardAt = this.modules.clock.now();
    while (this.#records.length > 0 && this.#records[0].number <= state.record) {
      this.#records.shift()!.resolve();
    }
    if (!state.isCaughtUp || state.head < this.#aloneUpTo) return;
    if (!this.#isLive && !this.#join(state.record)) return;
    const proposal = this.#proposal;
    if (proposal !== undefined && proposal.number <= state.proposal) {
      this.#proposal = undefined;
      proposal.resolve();
    }
  }

  /**
   * It has begun anew: what it confirms from now on says nothing of what it confirmed before. Whoever waits for it goes
   * on waiting, unless it is lost.
   */
  restarted(): void {
    if (this.#heardAt === undefined) this.#watch();
    this.#heardAt = this.modules.clock.now();
    this.#held.push(...this.#records.splice(0).filter(({ resolve }) => resolve !== forNobody));
    this.#joinsAt = undefined;
    this.#isLive = false;
    this.expect();
  }

  /** Resolves once the standby holds the record. @throws ChainError `NO_FOLLOWER`, `FOLLOWER_LOST` */
  async keep(record: Uint8Array): Promise<void> {
    this.check();
    return new Promise((resolve, reject) => {
      this.#records.push({ number: ++this.#numbers, bytes: record, resolve, reject });
      this.modules.onNews();
    });
  }

  /** Resolves once the standby holds the block; at once while there is no pair. @throws ChainError `CLOSED` */
  async confirm(number: number, rlp: Uint8Array): Promise<void> {
    if (!this.paired) {
      this.#aloneUpTo = number;
      return;
    }
    if (this.#isClosed) throw closed();
    return new Promise((resolve, reject) => {
      this.#proposal = { number: ++this.#numbers, bytes: rlp, resolve, reject };
      this.modules.onNews();
    });
  }

  /** Nobody is waited for any more. */
  close(): void {
    this.#isClosed = true;
    this.#cancelCheck();
    this.#proposal?.reject(closed());
    this.#proposal = undefined;
    this.#lose();
  }

  /** True once it holds all that it must. */
  #join(record: number): boolean {
    if (this.#joinsAt === undefined) {
      for (const bytes of this.modules.promised()) {
        const nobody = { resolve: forNobody, reject: forNobody };
        this.#records.push({ number: ++this.#numbers, bytes, ...nobody });
      }
      for (const held of this.#held.splice(0)) {
        this.#records.push({ ...held, number: ++this.#numbers });
      }
      this.#joinsAt = this.#records.at(-1)?.number ?? 0;
    }
    if (record < this.#joinsAt) return false;
    this.#isLive = true;
    if (!this.paired) {
      this.#pairing = { epoch: this.modules.epoch() };
      this.modules.pairing.save(this.#pairing);
    }
    this.expectNobody();
    return true;
  }

  #watch(): void {
    this.#cancelCheck = this.modules.clock.after(CHECK_MS, () => {
      if (this.#heardAt === undefined) return;
      if (this.modules.clock.now() - this.#heardAt > LOST_MS) this.#lose();
      else this.#watch();
    });
  }

  #lose(): void {
    this.#cancelCheck();
    this.#heardAt = undefined;
    this.#joinsAt = undefined;
    this.#isLive = false;
    for (const { reject } of [...this.#held.splice(0), ...this.#records.splice(0)]) reject(lost());
  }
}

function forNobody(): void {}

/** The journal of a node whose promises, while it produces, a standby shares. */
export function sharedJournal(
  own: TransactionJournal,
  { standby, isProducing }: { readonly standby: Standby; readonly isProducing: () => boolean },
): TransactionJournal {
  return {
    append: async (record) => {
      if (!isProducing()) return own.append(record);
      standby.check();
      await Promise.all([standby.keep(record), own.append(record)]);
    },
    replay: () => own.replay(),
    prune: (stillPending, options) => own.prune(stillPending, options),
  };
}

function lost(): ChainError {
  return new ChainError(
    ChainErrorCode.FollowerLost,
    'the follower was lost before it had confirmed: ask for the receipt, the transaction may still be mined',
    { retryable: true },
  );
}

function closed(): ChainError {
  return new ChainError(ChainErrorCode.Closed, 'the chain is closed');
}
