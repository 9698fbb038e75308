import {
  buildQuorum,
  type Checkpoint,
  checkpointHash,
  hashCheckpoint,
  parseCheckpoint,
  type Quorum,
  verifyQuorum,
} from '@flotilla/anchoring';
import { type Clock, type FlotillaError, type Hash, type Hex, type Logger } from '@flotilla/common';
import { finalityDepth, type RootClient, RootError, RootErrorCode } from '@flotilla/contracts';
import { type CheckpointProposed, Messages, type Messaging } from '@flotilla/messaging';
import type { StoredChain } from '@flotilla/persistence';
import type { ChainDirectory } from '../chains/chain-directory.js';
import { ApiError, ApiErrorCode } from '../errors.js';
import type { RootConnection } from '../root-chain/root-connection.js';
import type { LiveChains } from '../telemetry/live-chains.js';
import type { AnchorMirror, SignedCheckpoint } from './anchor-mirror.js';
import { type KnownAnchor, newRelayState, type RelayState } from './anchor-state.js';
import type { DelayWatch } from './delay-watch.js';

export interface RelayModules {
  readonly root: RootConnection;
  readonly mirror: AnchorMirror;
  readonly delays: DelayWatch;
  readonly directory: ChainDirectory;
  readonly live: LiveChains;
  readonly messaging: Messaging;
  readonly clock: Clock;
  readonly logger: Logger;
}

const SWEEP_MS = 2_000;

/** The root says that it is further than the checkpoint: what it has must be looked at, not sent again. */
const ROOT_IS_AHEAD: ReadonlySet<RootErrorCode> = new Set([
  RootErrorCode.AlreadyAnchored,
  RootErrorCode.IndexNotNext,
]);

/**
 * Brings signed checkpoints to the root and the news of their anchoring back to the chains. Nothing of
 * it must survive a restart: chains repeat what is not anchored yet, and the root says what is.
 */
export class AnchoringRelay {
  readonly #states = new Map<string, RelayState>();
  #cancelSweep: () => void = () => {};
  #closed = false;

  constructor(readonly modules: RelayModules) {}

  start(): void {
    this.#scheduleSweep();
  }

  stop(): void {
    this.#closed = true;
    this.#cancelSweep();
  }

  /** Asks a chain's node to anchor everything up to its head. @throws ApiError `MESSAGING_UNAVAILABLE` */
  requestProposal(
    chain: StoredChain,
    reason: string,
    status: 'running' | 'sleeping' = 'running',
  ): void {
    const request = { reason, status };
    const sent = this.modules.messaging.publish(Messages.checkpointPropose, chain.name, request);
    if (sent) return;
    throw new ApiError(ApiErrorCode.MessagingUnavailable, 'NATS is away', { retryable: true });
  }

  /** The chain's newest anchor as far as it is known here. */
  newestAnchor(chain: StoredChain): KnownAnchor | undefined {
    return this.#states.get(chain.id)?.anchor;
  }

  /**
   * Anchors a checkpoint that somebody else brings; resolves when it is in a block of the root.
   * @throws AnchoringError, RootError: the rule that it breaks
   */
  async submit(chain: StoredChain, raw: unknown, signatures: readonly Hex[]): Promise<KnownAnchor> {
    const signed = await this.#verify(chain, raw, signatures);
    await this.#anchor(chain, signed);
    const { anchor } = this.#state(chain);
    if (anchor?.hash === signed.hash) return anchor;
    const client = await this.modules.root.client();
    return this.#fromRoot(client, chain, signed.checkpoint.index);
  }

  /** A chain proposes a checkpoint; it repeats that until it hears of the anchor. Never throws. */
  async proposed(name: string, message: CheckpointProposed): Promise<void> {
    const chain = await this.modules.directory.find(name);
    if (!chain || chain.chainId === null || chain.committee === null) return;
    const state = this.#state(chain);
    if (state.underway.has(message.hash as Hash)) return;
    try {
      const signatures = message.signatures as Hex[];
      await this.#anchor(chain, await this.#verify(chain, message.checkpoint, signatures));
      await this.modules.delays.succeeded(chain);
    } catch (error) {
      const { code = 'INTERNAL', retryable } = error as Partial<FlotillaError>;
      const { index } = message.checkpoint;
      const fields = { chain: name, index, code, error: String(error) };
      await this.modules.delays.failed(chain, code, String((error as Error).message));
      // The chain repeats its proposal every few seconds: nothing is lost, and nothing need be kept. A new one serves
      // while it is being registered.
      if (retryable || code === RootErrorCode.ChainUnknown)
        this.modules.logger.warn('checkpoint not anchored yet', fields);
      else this.modules.logger.error('checkpoint refused', fields);
    }
  }

  /** @throws AnchoringError `INVALID_CHECKPOINT`, `WRONG_SIGNER`, `QUORUM_NOT_REACHED`, … */
  async #verify(
    chain: StoredChain,
    raw: unknown,
    signatures: readonly Hex[],
  ): Promise<SignedCheckpoint> {
    const checkpoint = parseCheckpoint(raw);
    const { committee } = chain;
    if (checkpoint.chainId !== chain.chainId || committee === null) {
      const detail = `the checkpoint is of chain ${checkpoint.chainId}`;
      const errors = [{ path: 'checkpoint.chainId', message: detail }];
      throw new ApiError(ApiErrorCode.InvalidRequest, detail, { data: { errors } });
    }
    const domain = await (await this.modules.root.client()).domain();
    const digest = hashCheckpoint(checkpoint, domain);
    const quorum = buildQuorum(digest, signatures, committee.members);
    verifyQuorum(digest, quorum, committee.members, committee.threshold);
    return { checkpoint, hash: checkpointHash(checkpoint), quorum };
  }

  async #anchor(chain: StoredChain, signed: SignedCheckpoint): Promise<void> {
    const state = this.#state(chain);
    state.underway.add(signed.hash);
    const mine = state.turn.then(() => this.#send(chain, signed));
    state.turn = mine.catch(() => undefined);
    try {
      await mine;
    } finally {
      state.underway.delete(signed.hash);
    }
  }

  async #send(chain: StoredChain, signed: SignedCheckpoint): Promise<void> {
    const { root, mirror } = this.modules;
    const client = await root.client();
    await this.#load(client, chain);
    const { anchor } = this.#state(chain);
    const { checkpoint, quorum } = signed;
    if (anchor && anchor.index >= checkpoint.index) {
      if (anchor.index === checkpoint.index) await mirror.proposed(chain, signed);
      return this.#tell(chain, anchor);
    }
    await mirror.proposed(chain, signed);
    try {
      const receipt = await client.submit(checkpoint, quorum);
      const { rootBlock, transactionHash } = receipt;
      await this.#note(chain, toAnchor(signed, rootBlock, transactionHash, isFinalAtOnce(client)));
    } catch (error) {
      if (!(error instanceof RootError) || !ROOT_IS_AHEAD.has(error.code)) throw error;
      this.#state(chain).loaded = false;
      await this.#load(client, chain);
      const known = this.#state(chain).anchor;
      if (!known || known.index < checkpoint.index) throw error;
    }
  }

  /** Learns from the root, once, what it has of this chain. */
  async #load(client: RootClient, chain: StoredChain): Promise<void> {
    const state = this.#state(chain);
    if (state.loaded || chain.chainId === null) return;
    const newest = await client.latestCheckpoint(chain.chainId);
    if (newest) await this.#note(chain, await this.#fromRoot(client, chain, newest.index));
    state.loaded = true;
  }

  async #fromRoot(client: RootClient, chain: StoredChain, index: number): Promise<KnownAnchor> {
    const record = await client.anchor(chain.chainId as number, index);
    const { checkpoint, hash, bitmap, rootBlock, transactionHash } = record;
    const signed = { checkpoint, hash, quorum: { bitmap, signatures: '0x' as Hex } };
    if (!(await this.modules.mirror.find(chain, index))) {
      await this.modules.mirror.proposed(chain, signed);
    }
    return toAnchor(signed, rootBlock, transactionHash, isFinalAtOnce(client));
  }

  async #note(chain: StoredChain, anchor: KnownAnchor): Promise<void> {
    const state = this.#state(chain);
    state.anchor = anchor;
    if (anchor.final) state.finalIndex = Math.max(state.finalIndex, anchor.index);
    this.#tell(chain, anchor);
    await this.modules.mirror.anchored(chain, anchor);
  }

  #tell(chain: StoredChain, anchor: KnownAnchor): void {
    const { index, hash, lastBlock, blockHash, rootBlock, final } = anchor;
    if (chain.spec.runtime === 'external') return;
    this.modules.messaging.publish(Messages.checkpointAnchored, chain.name, {
      index,
      hash,
      lastBlock,
      blockHash,
      rootBlock,
      final,
    });
  }

  #scheduleSweep(): void {
    if (this.#closed) return;
    this.#cancelSweep = this.modules.clock.after(SWEEP_MS, () => {
      void this.#sweep().finally(() => this.#scheduleSweep());
    });
  }

  /** Looks at every chain anew: what a lost message or a restart left undone is done here. */
  async #sweep(): Promise<void> {
    const { directory, live, logger } = this.modules;
    const heard = new Set(live.names());
    for (const chain of directory.all()) {
      const known = this.#states.get(chain.id)?.anchor;
      if (!heard.has(chain.name) && (!known || known.final)) continue;
      try {
        await this.#check(chain);
      } catch (error) {
        logger.debug('anchors not checked', { chain: chain.name, error: String(error) });
        // A root that does not answer one question keeps the next ones waiting, too.
        if (error instanceof RootError && error.code === RootErrorCode.Unreachable) return;
      }
    }
  }

  async #check(chain: StoredChain): Promise<void> {
    if (chain.chainId === null) return;
    const client = await this.modules.root.client();
    const state = this.#state(chain);
    await this.#load(client, chain);
    if (!state.anchor) return;
    if (!state.anchor.final) await this.#checkFinality(client, chain, state.anchor);
    const { anchor } = state;
    const now = this.modules.live.get(chain.name);
    const behind =
      now &&
      (now.safe.number < anchor.lastBlock ||
        (anchor.final && now.finalized.number < anchor.lastBlock));
    if (behind) this.#tell(chain, anchor);
  }

  /** Only on roots whose blocks are not final at once. */
  async #checkFinality(client: RootClient, chain: StoredChain, anchor: KnownAnchor): Promise<void> {
    const state = this.#state(chain);
    const chainId = chain.chainId as number;
    if ((await client.anchorHash(chainId, anchor.index)) !== anchor.hash) {
      this.modules.logger.warn('the root took an anchor back', {
        chain: chain.name,
        index: anchor.index,
      });
      return this.#resubmit(client, chain, anchor.index);
    }
    const final = await client.finalCheckpoint(chainId);
    if (!final || final.index <= state.finalIndex) return;
    for (let index = state.finalIndex + 1; index <= final.index; index++) {
      const found = { ...(await this.#fromRoot(client, chain, index)), final: true };
      state.finalIndex = index;
      if (index === state.anchor?.index) state.anchor = found;
      await this.modules.mirror.final(chain, found);
      if (index === final.index) this.#tell(chain, found);
    }
  }

  /** A reorganisation of the root lost our transaction; the signed checkpoint is in the database. */
  async #resubmit(client: RootClient, chain: StoredChain, index: number): Promise<void> {
    const state = this.#state(chain);
    state.anchor = undefined;
    state.loaded = false;
    await this.#load(client, chain);
    const next = (this.#state(chain).anchor?.index ?? -1) + 1;
    for (let i = next; i <= index; i++) {
      const record = await this.modules.mirror.find(chain, i);
      if (!record) return;
      await this.submit(chain, record.checkpoint, record.signatures as Hex[]);
    }
  }

  #state(chain: StoredChain): RelayState {
    let state = this.#states.get(chain.id);
    if (!state) {
      state = newRelayState();
      this.#states.set(chain.id, state);
    }
    return state;
  }
}

function isFinalAtOnce(client: RootClient): boolean {
  return finalityDepth(client.finality) === 0;
}

function toAnchor(
  {
    checkpoint,
    hash,
  }: { readonly checkpoint: Checkpoint; readonly hash: Hash; readonly quorum: Quorum },
  rootBlock: KnownAnchor['rootBlock'],
  rootTransaction: Hash,
  final: boolean,
): KnownAnchor {
  const { index, lastBlock, blockHash } = checkpoint;
  return { index, hash, lastBlock, blockHash, rootBlock, rootTransaction, final };
}
