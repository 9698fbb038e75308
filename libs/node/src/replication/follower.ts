import {
  type Blockchain,
  ChainError,
  ChainErrorCode,
  decodeSettings,
  TransactionBatch,
  type TransactionJournal,
} from '@flotilla/chain';
import { type Clock, type Hash, type Logger, sleep } from '@flotilla/common';
import { errorFields, NodeError, NodeErrorCode } from '../errors.js';
import type { RecordFile } from '../files/json-file.js';
import type { Lease } from './lease-file.js';
import {
  type FollowReply,
  type FollowRequest,
  followRefusalSchema,
  followReplySchema,
} from './messages.js';
import type { ProducerLink } from './producer-link.js';
import type { Pairing } from './standby.js';

export interface FollowerOptions {
  readonly instance: string;
  /** Whether it confirms the producer's transactions and blocks, and may take its place. */
  readonly standby: boolean;
}

export interface FollowerModules {
  readonly chain: Blockchain;
  readonly link: ProducerLink;
  /** Keeps the block that the producer is about to commit. */
  readonly proposals: TransactionJournal;
  readonly pairing: RecordFile<Pairing>;
  readonly token: string;
  /** What the producer knows of its anchors. */
  readonly onAnchoring: (state: unknown) => void;
  /** It can't go on: it must not serve any more. */
  readonly onRefused: (refusal: Refusal) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Why a follower has stopped for good. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  /** The first block that it does not have. */
  readonly block: number;
}

const WAIT_MS = 1_000;
const RETRY_MS = 100;
/** What no repeating can mend. */
const FINAL: ReadonlySet<string> = new Set([
  NodeErrorCode.OtherChain,
  NodeErrorCode.Forked,
  NodeErrorCode.Tampered,
  ChainErrorCode.InvalidBlock,
  ChainErrorCode.UnknownParent,
]);

/** Keeps a chain like its producer's: re-executes every block, and takes none that it comes to differently. */
export class Follower {
  #lease: Lease;
  #known: { session: string; record: number; proposal: number } = NOTHING;
  #producerHead: number | undefined;
  #pairing: Pairing | undefined;
  #refusal: Refusal | undefined;
  #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: FollowerOptions,
    lease: Lease,
    private readonly modules: FollowerModules,
  ) {
    this.#lease = lease;
    this.#pairing = modules.pairing.load();
  }

  get refusal(): Refusal | undefined {
    return this.#refusal;
  }

  /** Blocks behind the producer as of its last answer; undefined before the first. */
  get lag(): number | undefined {
    if (this.#producerHead === undefined) return undefined;
    return Math.max(0, this.#producerHead - this.modules.chain.head().number);
  }

  /** Whether it has all that anybody was promised in the producer's epoch. */
  get paired(): boolean {
    const epoch = Math.max(this.modules.chain.epoch, this.#lease.epoch);
    return this.options.standby && this.#pairing?.epoch === epoch;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** The producer answers elsewhere, or is another one. */
  retarget(lease: Lease): void {
    this.#lease = lease;
  }

  /** When it resolves, nothing more will be confirmed. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Takes over the block that was about to be committed, if there is one. Only after `stop`. */
  async importProposal(): Promise<void> {
    const { chain, proposals, logger } = this.modules;
    const newest = this.#newestProposal ?? [...proposals.replay()].at(-1);
    if (newest === undefined) return;
    try {
      const { block } = await chain.importBlock(newest);
      logger.info('took over the last announced block', { number: block.header.number });
    } catch (error) {
      // An earlier one, which was followed by another of its number.
      if (!(error instanceof ChainError)) throw error;
    }
  }

  #newestProposal: Uint8Array | undefined;

  async #run(): Promise<void> {
    const { clock, logger } = this.modules;
    let complained = false;
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#exchange();
        complained = false;
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        const { code } = error as { code?: string };
        if (code !== undefined && FINAL.has(code)) return this.#refuse(error as Error, code);
        if (!complained) logger.warn('the producer is not followed', errorFields(error));
        complained = true;
        await sleep(clock, RETRY_MS);
      }
    }
  }

  async #exchange(): Promise<void> {
    const { link, token } = this.modules;
    const { peerUrl } = this.#lease;
    if (peerUrl === undefined) {
      throw new NodeError(NodeErrorCode.ProducerAway, 'nobody produces', { retryable: true });
    }
    const { status, text } = await link.post({
      url: peerUrl,
      body: JSON.stringify(this.#request()),
      headers: { authorization: `Bearer ${token}` },
      timeoutMs: 2 * WAIT_MS,
      signal: this.#stopping.signal,
    });
    if (status === 409) {
      const { code, message } = followRefusalSchema.parse(JSON.parse(text));
      throw new NodeError(code as NodeErrorCode, message);
    }
    if (status !== 200) {
      throw new NodeError(NodeErrorCode.ProducerAway, `it answers ${status}`, { retryable: true });
    }
    await this.#take(followReplySchema.parse(JSON.parse(text)));
  }

  #request(): FollowRequest {
    const { chain } = this.modules;
    const { number, hash } = chain.head();
    const [newest] = chain.settingsUpTo(Number.MAX_SAFE_INTEGER, 1).slice(-1);
    return {
      instance: this.options.instance,
      genesis: chain.identity.genesisHash,
      epoch: Math.max(chain.epoch, this.#lease.epoch),
      head: { number, hash },
      safe: chain.resolveTag('safe').number,
      finalized: chain.resolveTag('finalized').number,
      generation: newest.generation,
      standby: this.options.standby,
      ...this.#known,
      waitMs: WAIT_MS,
    };
  }

  async #take(reply: FollowReply): Promise<void> {
    const { chain } = this.modules;
    if (reply.epoch < Math.max(chain.epoch, this.#lease.epoch)) {
      throw new NodeError(NodeErrorCode.StaleProducer, `it produces under epoch ${reply.epoch}`);
    }
    for (const { fromBlock, record } of reply.settings) {
      await chain.followSettings(decodeSettings(fromBlock, Buffer.from(record, 'base64')));
    }
    // What is confirmed with the next request must be durable by then; blocks may wait.
    await this.#keep(reply);
    this.#producerHead = reply.head;
    for (const rlp of reply.blocks) {
      if (this.#stopping.signal.aborted) return;
      await chain.importBlock(Buffer.from(rlp, 'base64'));
    }
    // Not before: the blocks up to here may be of earlier epochs.
    if (this.lag === 0 && reply.epoch > chain.epoch) await chain.setEpoch(reply.epoch);
    await this.#follow(reply);
    if (reply.paired && !this.paired && this.lag === 0) {
      this.#pairing = { epoch: reply.epoch };
      this.modules.pairing.save(this.#pairing);
    }
  }

  async #keep({ session, records, proposal }: FollowReply): Promise<void> {
    const { chain, proposals } = this.modules;
    const known = session === this.#known.session ? this.#known : { ...NOTHING, session };
    const kept: Promise<void>[] = records.map(({ batch }) =>
      chain.hold(new TransactionBatch(new Uint8Array(Buffer.from(batch, 'base64')))),
    );
    if (proposal !== undefined) {
      this.#newestProposal = Buffer.from(proposal.rlp, 'base64');
      kept.push(proposals.append(this.#newestProposal));
    }
    await Promise.all(kept);
    if (proposal !== undefined) void proposals.prune([this.#newestProposal!]).catch(() => {});
    this.#known = {
      session,
      record: records.at(-1)?.number ?? known.record,
      proposal: proposal?.number ?? known.proposal,
    };
  }

  async #follow({ safe, finalized, anchoring }: FollowReply): Promise<void> {
    const { chain, onAnchoring } = this.modules;
    const head = chain.head().number;
    if (safe.number <= head) await chain.markSafe(safe.number, safe.hash as Hash);
    if (finalized.number <= head)
      await chain.markFinalized(finalized.number, finalized.hash as Hash);
    onAnchoring(anchoring);
  }

  #refuse(error: Error, code: string): void {
    const { chain, logger, onRefused } = this.modules;
    const block = chain.head().number + 1;
    this.#refusal = { code, message: error.message, block };
    logger.error('the producer can not be followed any more', { code, block, why: error.message });
    onRefused(this.#refusal);
  }
}

const NOTHING = { session: '', record: 0, proposal: 0 };
