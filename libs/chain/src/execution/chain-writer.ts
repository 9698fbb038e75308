import { bigIntToBytes, bytesToBigInt, type Clock, failpoint, type Logger } from '@flotilla/common';
import type { Tracer } from '@flotilla/evm';
import { type StateStore, type WorldState, WriteBatch } from '@flotilla/state';
import { decodeBlock, encodeBlock } from '../block/block.js';
import { decodeEpoch, withHash } from '../block/header.js';
import { NewBlock } from '../block/sealed-block.js';
import type { Header, SealedBlock } from '../block/types.js';
import { ChainError, ChainErrorCode } from '../errors.js';
import { loadHead } from '../genesis/open-store.js';
import { defaultBudgetMs, type ResolvedConfig } from '../resolved-config.js';
import type { SettingsSchedule } from '../settings/settings-schedule.js';
import { putBlock } from '../storage/block-records.js';
import type { ChainReader } from '../storage/chain-reader.js';
import { META } from '../storage/keys.js';
import { type ChainTotals, decodeTotals, encodeTotals } from '../storage/totals.js';
import { indexTransactions } from '../storage/transaction-index.js';
import type { Transaction } from '../transaction/types.js';
import type { Intake } from '../txpool/intake.js';
import type { TxPool } from '../txpool/txpool.js';
import { BlockExecution } from './block-execution.js';
import type { BlockShaper } from './block-shaper.js';
import { BlockBuilder } from './build-block.js';
import type { Forks } from './forks.js';
import type { HistoryWindow } from './history-window.js';
import { checkHeader, compareWithExecution, executeAll, recoverSenders } from './import-block.js';
import { Slices } from './slices.js';
import {
  type BlockTemplate,
  blockEnv,
  completeHeader,
  type TemplateSource,
  templateAfter,
} from './template.js';

export interface ChainWriterModules {
  readonly store: StateStore;
  readonly world: WorldState;
  readonly reader: ChainReader;
  readonly forks: Forks;
  readonly schedule: SettingsSchedule;
  readonly pool: TxPool;
  readonly intake: Intake;
  readonly window: HistoryWindow;
  /** On development chains. */
  readonly shaper: BlockShaper | undefined;
  /** Sees what transactions do; on development chains. */
  readonly tracer: Tracer | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  onFatal(error: unknown): void;
  /** @throws ChainError `DISK_FULL` when there is no room for another block */
  readonly checkRoom?: (() => void) | undefined;
  /** Resolves once the block may be committed; a rejection takes it back, as if it had not been made. */
  readonly confirmBlock: ConfirmBlock | undefined;
  /** A block is written but not durable: nobody may see it yet, though its transactions left the pool. */
  onWritten(transactions: readonly Transaction[]): void;
  /** A block is durable. */
  onDurable(sealed: SealedBlock): void;
}

/** Asked before a block that was made here is committed: the number and the encoded block. */
export type ConfirmBlock = (number: number, rlp: Uint8Array) => Promise<void>;

/** A block whose commit is under way. */
interface StagedBlock {
  readonly header: Header;
  readonly block: BlockExecution;
  readonly totals: ChainTotals;
  readonly slices: Slices;
  readonly durable: Promise<void>;
}

const BLOCKS_PER_SYNC = 64;

/** Extends the chain by one block at a time; the caller sees to it that calls don't overlap. */
export class ChainWriter {
  readonly #config: ResolvedConfig;
  readonly #modules: ChainWriterModules;
  readonly #templates: TemplateSource;
  #head: Header;
  #totals: ChainTotals;
  #epoch: number;

  constructor(config: ResolvedConfig, head: Header, modules: ChainWriterModules) {
    this.#config = config;
    this.#modules = modules;
    this.#templates = { coinbase: config.coinbase, schedule: modules.schedule };
    this.#head = head;
    this.#totals = decodeTotals(modules.store.get('meta', META.totals));
    this.#epoch = Number(bytesToBigInt(modules.store.get('meta', META.epoch) ?? new Uint8Array(0)));
  }

  /** The newest durable header. */
  get head(): Header {
    return this.#head;
  }

  get totals(): ChainTotals {
    return this.#totals;
  }

  /** Of the right to produce; the highest that was granted to us or seen in a block. */
  get epoch(): number {
    return this.#epoch;
  }

  /** @throws ChainError `STALE_EPOCH` for a lower one */
  async setEpoch(epoch: number): Promise<void> {
    if (epoch < this.#epoch) {
      throw new ChainError(
        ChainErrorCode.StaleEpoch,
        `epoch ${epoch} is lower than ${this.#epoch}`,
      );
    }
    if (epoch === this.#epoch) return;
    const batch = new WriteBatch();
    this.#putEpoch(batch, epoch);
    await this.commit(batch);
  }

  /** What the next block would start from. */
  nextTemplate(parent = this.#head): BlockTemplate {
    const template = templateAfter(parent, this.#templates, this.#now());
    return this.#modules.shaper?.shape(template, parent) ?? template;
  }

  /** The store was taken back to an earlier block. */
  reload(): void {
    const { store } = this.#modules;
    this.#head = loadHead(store);
    this.#totals = decodeTotals(store.get('meta', META.totals));
  }

  /** Builds the next block from the pool; undefined, and nothing written, if it would be empty. */
  async seal(allowEmpty: boolean): Promise<SealedBlock | undefined> {
    const { pool, intake, clock, logger, schedule } = this.#modules;
    this.#modules.checkRoom?.();
    const template = this.nextTemplate();
    const { sealing = this.#config.sealing } = schedule.newest.settings;
    const budgetMs = this.#config.blocks.budgetMs ?? defaultBudgetMs(sealing);
    const builder = new BlockBuilder(
      { ...this.#config.blocks, budgetMs },
      {
        clock,
        logger,
        begin: () => this.#begin(template),
        candidates: () => pool.candidates(template.baseFeePerGas),
        drop: (tx, error) => intake.drop(tx, error),
      },
    );
    const block = await builder.build();
    if (block.transactions.length === 0 && !allowEmpty) return undefined;
    return this.#write(block);
  }

  /** So many blocks without transactions. Many share one wait for the disk, so that a thousand take no second. */
  async sealEmpty(count: number): Promise<void> {
    for (let left = count; left > 0; left -= BLOCKS_PER_SYNC) {
      this.#modules.checkRoom?.();
      const staged: StagedBlock[] = [];
      const size = Math.min(left, BLOCKS_PER_SYNC);
      for (let i = 0; i < size; i++) {
        const parent = staged.at(-1)?.header ?? this.#head;
        const totals = staged.at(-1)?.totals ?? this.#totals;
        staged.push(await this.#stage(this.#begin(this.nextTemplate(parent)), { totals }));
      }
      await Promise.all(staged.map(({ durable }) => durable));
      for (const block of staged) this.#settle(block);
    }
  }

  /** @throws ChainError `INVALID_BLOCK`, `UNKNOWN_PARENT`, `STALE_EPOCH` */
  async import(rlp: Uint8Array): Promise<SealedBlock> {
    const { header, transactions } = decodeBlock(rlp);
    const known = this.#modules.reader.numberOf(header.hash);
    if (known !== undefined) return this.#known(known);
    this.#modules.checkRoom?.();
    const template = checkHeader(header, this.#head, this.#templates, this.#now());
    const slices = new Slices(this.#config.blocks.sliceMs, this.#modules.clock);
    const recovered = await recoverSenders(transactions, this.#config.chainId, slices);
    const block = this.#begin(template);
    await executeAll(block, recovered, slices);
    return this.#write(block, header);
  }

  /** Commits and waits for the disk. A failure is fatal: what is durable is then unknown. */
  async commit(
    batch: WriteBatch,
    write = (writes: WriteBatch) => this.#modules.store.commit(writes),
  ): Promise<void> {
    try {
      const durable = write(batch);
      this.#modules.pool.refresh();
      await durable;
    } catch (error) {
      this.#modules.onFatal(error);
      throw error;
    }
  }

  #now(): { epoch: number; nowSeconds: number } {
    return { epoch: this.#epoch, nowSeconds: Math.floor(this.#modules.clock.now() / 1000) };
  }

  #begin(template: BlockTemplate): BlockExecution {
    const { forks, world, reader, schedule, tracer } = this.#modules;
    return new BlockExecution(template, world.begin(), {
      evm: forks.evm(forks.at(template.timestamp)),
      tracer,
      env: blockEnv(template, this.#config.chainId, (n) => reader.headerByNumber(n)?.hash),
      allow: schedule.at(template.number).allow,
    });
  }

  /** Block, receipts, state and indexes in one commit. With `expected`, only if we come to that very header. */
  async #write(block: BlockExecution, expected?: Header): Promise<SealedBlock> {
    const staged = await this.#stage(block, { totals: this.#totals, expected });
    await staged.durable;
    failpoint('chain.block-durable');
    await staged.slices.turn();
    return this.#settle(staged);
  }

  /** Up to the commit, which is under way then. */
  async #stage(
    block: BlockExecution,
    { totals: before, expected }: { readonly totals: ChainTotals; readonly expected?: Header },
  ): Promise<StagedBlock> {
    const { store, world, intake, window, clock, shaper } = this.#modules;
    const slices = new Slices(this.#config.blocks.sliceMs, clock);
    const fields = await block.finish(slices);
    const batch = new WriteBatch();
    indexTransactions(store, batch, block.template.number, block.transactions);
    await slices.turn();
    const steps = world.prepareInSteps(block.state, block.template.number);
    let step = steps.next();
    for (; !step.done; step = steps.next()) {
      const turn = slices.turn();
      if (turn !== undefined) await turn;
    }
    const state = step.value;
    const executed = { ...fields, stateRoot: state.stateRoot };
    if (expected !== undefined) compareWithExecution(expected, block, executed);
    const header = expected ?? withHash(completeHeader(block.template, executed));
    if (expected === undefined) await this.#confirm(header, block);
    failpoint('chain.block-built');

    state.apply(batch);
    putBlock(batch, header, block.records);
    const totals = {
      transactions: before.transactions + block.transactions.length,
      gasUsed: before.gasUsed + header.gasUsed,
    };
    batch.put('meta', META.totals, encodeTotals(totals));
    const epoch = decodeEpoch(header.extraData) ?? 0;
    if (epoch > this.#epoch) this.#putEpoch(batch, epoch);
    world.prune(window.keepFrom(header), batch);
    if (expected === undefined) shaper?.made(header, block.transactions, batch);

    failpoint('chain.before-commit');
    const durable = this.commit(batch);
    failpoint('chain.block-written');
    this.#modules.onWritten(block.transactions);
    intake.followState(block.transactions);
    return { header, block, totals, slices, durable };
  }

  /** The block is durable: everybody may see it. */
  #settle({ header, block, totals }: StagedBlock): SealedBlock {
    const { intake } = this.#modules;
    const sealed = new NewBlock(header, block.transactions, block.receipts);
    this.#head = header;
    this.#totals = totals;
    this.#modules.reader.remember(sealed.block);
    this.#modules.onDurable(sealed);
    intake.settle(block.transactions);
    failpoint('chain.block-published');
    return sealed;
  }

  async #confirm(header: Header, { transactions }: BlockExecution): Promise<void> {
    const { confirmBlock } = this.#modules;
    if (confirmBlock === undefined) return;
    const raw = transactions.map((tx) => tx.raw);
    await confirmBlock(header.number, encodeBlock(header, raw));
  }

  #putEpoch(batch: WriteBatch, epoch: number): void {
    this.#epoch = epoch;
    batch.put('meta', META.epoch, bigIntToBytes(BigInt(epoch), 8));
  }

  #known(number: number): SealedBlock {
    const { reader } = this.#modules;
    const { header, transactions } = reader.blockByNumber(number)!;
    return new NewBlock(header, transactions, reader.receiptRecords(number));
  }
}
