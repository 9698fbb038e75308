import type { Address, Hash } from '@flotilla/common';
import { type JournaledState, WriteBatch } from '@flotilla/state';
import { ChainError, ChainErrorCode } from '../errors.js';
import { MAX_AHEAD_SECONDS } from '../execution/import-block.js';
import type { ChainParts } from '../parts.js';
import { resolveSettings } from '../settings/chain-settings.js';
import { keepSettings } from '../settings/settings-change.js';
import type { Transaction } from '../transaction/types.js';
import type { DevParts } from './dev-parts.js';
import type { NextBlock } from './dev-shaper.js';
import { type DevTime, loadDevTime, saveDevTime } from './dev-time.js';
import { genesisBatch } from './reset.js';
import type { Tampering } from './tampering.js';

export interface DevModules extends Omit<ChainParts, 'dev'>, DevParts {
  /** One at a time with everything else that writes. @throws ChainError `CLOSED` */
  write<Result>(task: () => Promise<Result>): Promise<Result>;
}

export interface MineOptions {
  readonly blocks: number;
  /** Of the first block, seconds since the Unix epoch. */
  readonly timestamp?: number;
  /** Seconds from one of these blocks to the next. */
  readonly spacing?: number;
}

/** What test suites ask of a development chain. What bends state or history marks the chain as tampered with. */
export class DevControls {
  readonly #modules: DevModules;

  constructor(modules: DevModules) {
    this.#modules = modules;
  }

  /** Undefined as long as the chain is what its transactions lead to. */
  get tampering(): Tampering | undefined {
    return this.#modules.mark.tampering;
  }

  /** Wei per gas, if it was set by hand. */
  get nextBaseFee(): bigint | undefined {
    return this.#modules.shaper.next.baseFee;
  }

  /** The id to go back with. In memory: a restart forgets it. */
  async snapshot(): Promise<number> {
    const { write, snapshots, pool } = this.#modules;
    return write(async () => snapshots.take([...pool.all()]));
  }

  /**
   * Takes everything back to the snapshot, which is used up together with all later ones. False when there is none.
   * @throws ChainError `SNAPSHOT_DROPPED`
   */
  async revert(id: number): Promise<boolean> {
    const { write, snapshots, writer, mark } = this.#modules;
    return write(async () => {
      const rewound = snapshots.rewind(id);
      if (rewound === undefined) return false;
      const { batch, pooled, movesHead } = rewound;
      if (movesHead) mark.set('evm_revert', writer.head.number, batch);
      await this.#rewind(batch, pooled);
      return true;
    });
  }

  /** Back to the genesis block. @throws ChainError `LIMIT_EXCEEDED` on a chain too large for that */
  async reset(): Promise<void> {
    const { write, snapshots, writer, mark, config, genesis, store, shaper } = this.#modules;
    await write(async () => {
      const batch = genesisBatch(config, genesis, store);
      mark.set('hardhat_reset', writer.head.number, batch);
      snapshots.clear();
      Object.assign(shaper.next, NOTHING_SET);
      await this.#rewind(batch, []);
    });
  }

  /** Changes the newest state without a block. */
  async amend(
    by: string,
    address: Address,
    change: (state: JournaledState) => void,
  ): Promise<void> {
    const { write, world, writer, mark, intake, events } = this.#modules;
    await write(async () => {
      const state = world.begin();
      state.beginTransaction();
      change(state);
      state.endTransaction();
      const batch = new WriteBatch();
      world.prepareAmendment(state).apply(batch);
      mark.set(by, writer.head.number, batch);
      await writer.commit(batch);
      intake.followAccounts([address]);
      events.emit('rewritten', writer.head);
    });
  }

  /** Moves the clock on. @param seconds may be negative. Resolves with how far it is from the real time now */
  async increaseTime(seconds: number): Promise<number> {
    return this.#setTime(({ offset }) => ({ offset: offset + seconds }));
  }

  /** Sets the clock, in seconds since the Unix epoch. Resolves with how far it is from the real time now */
  async setTime(timestamp: number): Promise<number> {
    return this.#setTime(() => ({ offset: timestamp - this.#nowSeconds() }));
  }

  /**
   * Of the next block alone, in seconds since the Unix epoch; time goes on from there.
   * @throws ChainError `INVALID_TIMESTAMP` unless it is later than the newest block
   */
  async setNextTimestamp(timestamp: number): Promise<void> {
    this.#requireLater(timestamp);
    await this.#setTime(() => ({ next: timestamp }), timestamp);
  }

  /** Seconds between a block and its parent from now on; undefined lets the clock decide again. */
  async setSpacing(seconds: number | undefined): Promise<void> {
    await this.#setTime(() => ({ spacing: seconds }));
  }

  /** For the blocks to come; those that were set for one block last until it is made. */
  setNextBlock(values: Pick<NextBlock, 'coinbase' | 'baseFee' | 'prevRandao'>): void {
    Object.assign(this.#modules.shaper.next, values);
  }

  /**
   * Of the next block and all after it, until the chain is given other settings.
   * @throws ChainError `INVALID_CONFIG`
   */
  async setGasLimit(gasLimit: bigint): Promise<void> {
    const { write, schedule, writer, mark, intake, events } = this.#modules;
    await write(async () => {
      const { generation, settings } = schedule.newest;
      const changed = {
        fromBlock: writer.nextTemplate().number,
        // Of the same generation, so that whatever the orchestrator gives next goes before it.
        generation,
        settings: resolveSettings({ ...settings, gasLimit }),
      };
      const batch = new WriteBatch();
      schedule.put(batch, changed);
      mark.set('evm_setBlockGasLimit', writer.head.number, batch);
      await writer.commit(batch);
      schedule.adopt(changed);
      await intake.dropDisallowed();
      events.emit('rewritten', writer.head);
    });
  }

  /**
   * Makes blocks now: the first takes what waits in the pool, and so does each after it while something is left.
   * @throws ChainError `INVALID_TIMESTAMP`
   */
  async mine({ blocks, timestamp, spacing }: MineOptions): Promise<void> {
    const { write, writer, pool, shaper } = this.#modules;
    if (timestamp !== undefined) this.#requireLater(timestamp);
    await write(async () => {
      shaper.next.timestamp = timestamp;
      try {
        for (let made = 0; made < blocks; made++) {
          if (made > 0 && !pool.hasExecutable(writer.nextTemplate().baseFeePerGas)) {
            await writer.sealEmpty(blocks - made);
            return;
          }
          await writer.seal(true);
          shaper.next.spacing = spacing;
        }
      } finally {
        shaper.next.spacing = undefined;
      }
    });
  }

  /** False when the pool has no such transaction. @throws ChainError `ALREADY_MINED` */
  async dropTransaction(hash: Hash): Promise<boolean> {
    const { write, pool, reader, intake } = this.#modules;
    return write(async () => {
      if (reader.isMined(hash)) {
        throw new ChainError(
          ChainErrorCode.AlreadyMined,
          `Transaction ${hash} cannot be dropped because it's already mined`,
        );
      }
      const transaction = pool.get(hash);
      if (transaction === undefined) return false;
      await intake.discard(transaction);
      return true;
    });
  }

  async dropAllTransactions(): Promise<void> {
    const { write, intake } = this.#modules;
    await write(() => intake.reset([]));
  }

  async #setTime(change: (time: DevTime) => Partial<DevTime>, reached?: number): Promise<number> {
    const { write, writer, store, mark, events } = this.#modules;
    return write(async () => {
      const time = { offset: 0, ...loadDevTime(store) };
      const changed: DevTime = { ...time, ...change(time) };
      const batch = new WriteBatch();
      saveDevTime(batch, changed);
      const ahead = reached === undefined ? changed.offset : reached - this.#nowSeconds();
      if (ahead > MAX_AHEAD_SECONDS) mark.set('a clock ahead of time', writer.head.number, batch);
      await writer.commit(batch);
      events.emit('rewritten', writer.head);
      return changed.offset;
    });
  }

  /** Commits what leads back, and has everybody forget what was. */
  async #rewind(batch: WriteBatch, pooled: readonly Transaction[]): Promise<void> {
    const { store, world, reader, finality, window, schedule, writer, intake, events } =
      this.#modules;
    await writer.commit(batch, (writes) => {
      const durable = store.commitUnrecorded(writes);
      world.reload();
      reader.forget();
      finality.reload();
      window.reload();
      writer.reload();
      return durable;
    });
    await keepSettings({ schedule, writer });
    await intake.reset(pooled);
    events.emit('rewritten', writer.head);
  }

  #requireLater(timestamp: number): void {
    const newest = this.#modules.writer.head.timestamp;
    if (timestamp > newest) return;
    throw new ChainError(
      ChainErrorCode.InvalidTimestamp,
      `Timestamp ${timestamp} is lower than or equal to previous block's timestamp ${newest}`,
    );
  }

  #nowSeconds(): number {
    return Math.floor(this.#modules.clock.now() / 1000);
  }
}

const NOTHING_SET: NextBlock = {
  coinbase: undefined,
  baseFee: undefined,
  prevRandao: undefined,
  timestamp: undefined,
  spacing: undefined,
};
