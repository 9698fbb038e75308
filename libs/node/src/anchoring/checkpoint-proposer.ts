import {
  type CheckpointBlock,
  CheckpointBuilder,
  type CheckpointDomain,
  CheckpointStatus,
  checkpointHash,
  nextFirstBlock,
  signCheckpoint,
} from '@flotilla/anchoring';
import { type Blockchain, ChainError, ChainErrorCode } from '@flotilla/chain';
import type { Clock, Hash, Logger } from '@flotilla/common';
import { errorFields, NodeError, NodeErrorCode } from '../errors.js';
import type { CommitteeKey } from '../files/committee-key.js';
import type { RecordFile } from '../files/json-file.js';
import { Repeater } from '../link/repeater.js';
import type { AnchoringState, Proposal } from './anchoring-state.js';
import { type CadenceFacts, type CadenceOptions, isCheckpointDue } from './cadence.js';

export interface CheckpointProposerOptions {
  readonly cadence: CadenceOptions;
  readonly domain: CheckpointDomain;
}

export interface CheckpointProposerModules {
  readonly chain: Blockchain;
  readonly key: CommitteeKey;
  readonly state: RecordFile<AnchoringState>;
  /** Hands a proposal to whoever relays; may be lost, it is repeated. */
  readonly publish: (proposal: Proposal) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What the root has recorded, whoever reports it. */
export interface AnchorReport {
  readonly index: number;
  /** `checkpointHash` */
  readonly hash: Hash;
  readonly lastBlock: number;
  readonly blockHash: Hash;
  readonly final: boolean;
}

export type ProposeOutcome = 'PROPOSED' | 'ALREADY_PROPOSED' | 'NOTHING_TO_ANCHOR';

const TICK_MS = 500;
/** With nothing to anchor before the next block. */
const QUIET_TICK_MS = 10_000;
const REPUBLISH_MS = 3_000;
/** Blocks in one checkpoint at most: a chain that is further behind catches up in several. */
const MAX_RANGE = 16_384;

/**
 * Turns the chain's blocks into signed checkpoints, one at a time: the next is built on the one that
 * the root has. A proposal is saved before anybody sees it and repeated until it is anchored.
 */
export class CheckpointProposer {
  #state: AnchoringState;
  readonly #ticker: Repeater;
  #lastProposedAt: number | undefined;
  #publishedAt = 0;
  #requestedUpTo = -1;
  #forked = false;
  /** The chain is to fall asleep: the checkpoint that reaches its newest transaction says so. */
  #isFallingAsleep = false;
  #stopFollowing: () => void = () => {};

  constructor(
    private readonly options: CheckpointProposerOptions,
    private readonly modules: CheckpointProposerModules,
  ) {
    const { clock, logger } = modules;
    this.#state = modules.state.load() ?? {};
    this.#ticker = new Repeater(
      {
        intervalMs: TICK_MS,
        quiet: { intervalMs: QUIET_TICK_MS, when: () => this.#isQuiet },
        run: () => this.#tick(),
        onError: (error) => logger.error('checkpoint not proposed', errorFields(error)),
      },
      { clock },
    );
  }

  get state(): AnchoringState {
    return this.#state;
  }

  start(): void {
    this.#stopFollowing = this.modules.chain.events.on('block', () => this.#ticker.wake());
    this.#ticker.start();
  }

  stop(): Promise<void> {
    this.#stopFollowing();
    return this.#ticker.stop();
  }

  /** Anchors everything up to the head, whatever the cadence says. @throws NodeError `FORKED_FROM_ROOT` */
  propose(): ProposeOutcome {
    this.#assertProposing();
    const head = this.modules.chain.head().number;
    const { proposal, anchored } = this.#state;
    if (head <= (anchored?.lastBlock ?? -1)) return 'NOTHING_TO_ANCHOR';
    this.#requestedUpTo = head;
    if (proposal === undefined) {
      this.#proposeNext();
      return 'PROPOSED';
    }
    this.#publish(proposal);
    return proposal.checkpoint.lastBlock >= head ? 'ALREADY_PROPOSED' : 'PROPOSED';
  }

  /**
   * Has the root know that the chain goes to sleep, with everything that it has. A range of blocks is never empty there:
   * when all are anchored already, an empty one is sealed to say it with.
   * @throws NodeError `FORKED_FROM_ROOT`, `TAMPERED`
   */
  async proposeSleep(): Promise<ProposeOutcome> {
    this.#assertProposing();
    const { chain } = this.modules;
    const { anchored, proposal } = this.#state;
    if (proposal?.checkpoint.status !== CheckpointStatus.Sleeping && this.isSleepAnchored) {
      return 'NOTHING_TO_ANCHOR';
    }
    this.#isFallingAsleep = true;
    if (proposal === undefined && chain.head().number <= (anchored?.lastBlock ?? -1)) {
      await chain.sealBlock({ allowEmpty: true });
    }
    return this.propose();
  }

  /** Whether the newest anchor says that the chain sleeps, and it has had no transaction since. */
  get isSleepAnchored(): boolean {
    const { anchored } = this.#state;
    return (
      anchored?.status === CheckpointStatus.Sleeping &&
      anchored.transactions === this.modules.chain.totals().transactions
    );
  }

  #assertProposing(): void {
    if (this.#forked) throw forked();
    if (this.#isTampered) throw tampered();
  }

  /**
   * Takes note of an anchor: moves `safe`, and `finalized` when it is final. Older or repeated reports
   * change nothing.
   * @throws ChainError `FINALITY_MISMATCH` when the root has another block than this chain
   */
  async recordAnchor(report: AnchorReport): Promise<void> {
    const { chain, logger } = this.modules;
    if (this.#isTampered) return;
    try {
      await chain.markSafe(report.lastBlock, report.blockHash);
      if (report.final) await chain.markFinalized(report.lastBlock, report.blockHash);
    } catch (error) {
      if (error instanceof ChainError && error.code === ChainErrorCode.FinalityMismatch) {
        this.#forked = true;
        logger.error('the root has anchored other blocks than these, anchoring stops', {
          index: report.index,
          lastBlock: report.lastBlock,
          blockHash: report.blockHash,
        });
      }
      throw error;
    }
    this.#adopt(report);
  }

  /** What was anchored before stays so; what a bent chain goes on to isn't worth a signature. */
  get #isTampered(): boolean {
    return this.modules.chain.dev?.tampering !== undefined;
  }

  #adopt({ index, hash, lastBlock }: AnchorReport): void {
    const { anchored, proposal } = this.#state;
    if (anchored !== undefined && anchored.index >= index) return;
    const ours = proposal?.checkpoint.index === index ? proposal : undefined;
    const transactions = ours?.transactions ?? anchored?.transactions ?? 0;
    const status = ours?.checkpoint.status;
    const stillOpen = proposal !== undefined && proposal.checkpoint.index > index;
    this.#save({
      anchored: { index, hash, lastBlock, transactions, ...(status && { status }) },
      ...(stillOpen ? { proposal } : {}),
    });
    this.modules.logger.info('checkpoint anchored', { index, lastBlock, hash });
  }

  /** Nothing will be due before there is another block. */
  get #isQuiet(): boolean {
    if (this.#forked || this.#isTampered) return true;
    if (this.#state.proposal !== undefined) return false;
    const { head, lastAnchored, newTransactions, requestedUpTo } = this.#facts();
    return head <= lastAnchored || (newTransactions <= 0 && requestedUpTo <= lastAnchored);
  }

  #tick(): void {
    if (this.#forked || this.#isTampered) return;
    const { chain, clock } = this.modules;
    const { proposal } = this.#state;
    if (proposal !== undefined) {
      if (proposal.checkpoint.epoch < chain.epoch) this.#proposeNext();
      else if (clock.now() - this.#publishedAt >= REPUBLISH_MS) this.#publish(proposal);
      return;
    }
    if (isCheckpointDue(this.options.cadence, this.#facts())) this.#proposeNext();
  }

  #facts(): CadenceFacts {
    const { chain, clock } = this.modules;
    const { anchored } = this.#state;
    return {
      now: clock.now(),
      head: chain.head().number,
      lastAnchored: anchored?.lastBlock ?? -1,
      newTransactions: chain.totals().transactions - (anchored?.transactions ?? 0),
      lastProposedAt: this.#lastProposedAt,
      requestedUpTo: this.#requestedUpTo,
    };
  }

  #proposeNext(): void {
    const { chain, key, clock, logger } = this.modules;
    const { anchored } = this.#state;
    const head = chain.head().number;
    const first = nextFirstBlock(anchored);
    const last = Math.min(head, first + MAX_RANGE - 1);
    const { chainId } = chain.identity;
    const builder = new CheckpointBuilder({ chainId, configHash: chain.configHashAt(last) });
    const { epoch } = chain;
    const status =
      this.#isFallingAsleep && last === head ? CheckpointStatus.Sleeping : CheckpointStatus.Running;
    const checkpoint = builder.next(anchored, this.#blocks(first, last), { epoch, status });
    if (status === CheckpointStatus.Sleeping) this.#isFallingAsleep = false;
    const proposal: Proposal = {
      checkpoint,
      signature: signCheckpoint(checkpoint, this.options.domain, key.privateKey),
      transactions: last === head ? chain.totals().transactions : (anchored?.transactions ?? 0),
    };
    this.#save({ ...this.#state, proposal });
    this.#lastProposedAt = clock.now();
    const { index, firstBlock, lastBlock } = checkpoint;
    logger.info('checkpoint proposed', {
      index,
      firstBlock,
      lastBlock,
      hash: checkpointHash(checkpoint),
    });
    this.#publish(proposal);
  }

  #blocks(first: number, last: number): CheckpointBlock[] {
    const blocks: CheckpointBlock[] = [];
    for (let number = first; number <= last; number++) {
      const header = this.modules.chain.headerByNumber(number);
      if (header !== undefined) blocks.push(header);
    }
    return blocks;
  }

  #publish(proposal: Proposal): void {
    this.#publishedAt = this.modules.clock.now();
    this.modules.publish(proposal);
    this.#ticker.wake();
  }

  #save(state: AnchoringState): void {
    this.modules.state.save(state);
    this.#state = state;
  }
}

function tampered(): NodeError {
  return new NodeError(
    NodeErrorCode.Tampered,
    'the chain was tampered with by development methods: it is anchored no more',
  );
}

function forked(): NodeError {
  return new NodeError(
    NodeErrorCode.ForkedFromRoot,
    'the root has anchored other blocks than these: anchoring has stopped',
  );
}
