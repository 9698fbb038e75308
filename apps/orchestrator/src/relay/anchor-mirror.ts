import type { Checkpoint, Quorum } from '@flotilla/anchoring';
import type { Hash, Hex, Logger } from '@flotilla/common';
import type { BlockRef, Chain, ChainEvent, LastAnchor } from '@flotilla/orchestration';
import type { ChainStore, CheckpointRecord, CheckpointStore } from '@flotilla/persistence';
import type { KnownAnchor } from './anchor-state.js';

export interface SignedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly hash: Hash;
  readonly quorum: Quorum;
}

/**
 * What the database shows of anchors. Anchoring goes on without it: a write that fails is logged, and
 * made up for when the root is next asked.
 */
export class AnchorMirror {
  constructor(
    readonly modules: {
      readonly chains: ChainStore;
      readonly checkpoints: CheckpointStore;
      readonly logger: Logger;
      /** Tells event streams that there is something new. */
      readonly nudge: () => void;
    },
  ) {}

  async proposed(chain: Chain, signed: SignedCheckpoint): Promise<void> {
    await this.#try('proposal', chain, async () => {
      const { checkpoint, hash, quorum } = signed;
      const { index, firstBlock, lastBlock } = checkpoint;
      const before = await this.modules.checkpoints.find(chain.id, index);
      if (before?.hash === hash) return;
      await this.modules.checkpoints.propose({
        chainKey: chain.id,
        index,
        hash,
        firstBlock,
        lastBlock,
        checkpoint: { ...checkpoint },
        signatures: splitSignatures(quorum.signatures),
        bitmap: quorum.bitmap,
      });
      await this.#event(chain, { type: 'checkpoint.proposed', data: { index, hash, lastBlock } });
    });
  }

  async anchored(chain: Chain, anchor: KnownAnchor): Promise<void> {
    await this.#try('anchor', chain, async () => {
      const { index, hash, lastBlock, rootBlock, rootTransaction } = anchor;
      const { checkpoints } = this.modules;
      const isNew = await checkpoints.markAnchored(chain.id, index, { rootBlock, rootTransaction });
      const safe: BlockRef = { number: lastBlock, hash: anchor.blockHash };
      const lastAnchor = await this.#toLastAnchor(chain, anchor);
      await this.modules.chains.saveObserved(chain.id, { lastAnchor, safe });
      const data = { index, hash, lastBlock, rootBlock };
      if (isNew) await this.#event(chain, { type: 'checkpoint.anchored', data });
      if (anchor.final) await this.#final(chain, anchor);
    });
  }

  /** Everything up to the anchor is final on the root. */
  async final(chain: Chain, anchor: KnownAnchor): Promise<void> {
    await this.#try('finality', chain, () => this.#final(chain, anchor));
  }

  /** The signed checkpoint of an index, as it was proposed; undefined when the database has none. */
  async find(chain: Chain, index: number): Promise<CheckpointRecord | undefined> {
    return this.modules.checkpoints.find(chain.id, index).catch(() => undefined);
  }

  async #final(chain: Chain, anchor: KnownAnchor): Promise<void> {
    const { index, hash, lastBlock } = anchor;
    const isNew = await this.modules.checkpoints.markFinal(chain.id, index);
    const finalized: BlockRef = { number: lastBlock, hash: anchor.blockHash };
    await this.modules.chains.saveObserved(chain.id, {
      finalized,
      lastAnchor: await this.#toLastAnchor(chain, { ...anchor, final: true }),
    });
    const data = { index, hash, lastBlock };
    if (isNew) await this.#event(chain, { type: 'checkpoint.final', data });
  }

  /** With the time at which it was first seen on the root, which a restart does not change. */
  async #toLastAnchor(chain: Chain, anchor: KnownAnchor): Promise<LastAnchor> {
    const { index, lastBlock, hash, rootBlock, final } = anchor;
    const at = (await this.find(chain, index))?.anchoredAt ?? new Date().toISOString();
    return { index, lastBlock, hash, rootBlock, final, at };
  }

  async #event(chain: Chain, event: ChainEvent): Promise<void> {
    await this.modules.chains.appendEvents(chain, [event]);
    this.modules.nudge();
  }

  async #try(what: string, chain: Chain, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      const fields = { what, chain: chain.name, error: String(error) };
      this.modules.logger.warn('anchoring not noted in the database', fields);
    }
  }
}

const SIGNATURE_DIGITS = 130;

function splitSignatures(packed: Hex): Hex[] {
  const signatures: Hex[] = [];
  for (let at = 2; at < packed.length; at += SIGNATURE_DIGITS) {
    signatures.push(`0x${packed.slice(at, at + SIGNATURE_DIGITS)}`);
  }
  return signatures;
}
