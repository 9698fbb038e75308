import { type Checkpoint, checkpointHash, type Quorum } from '@flotilla/anchoring';
import { type Hash, keccak256Hex } from '@flotilla/common';
import { RootError, RootErrorCode, type RootFinality } from '@flotilla/contracts';

interface Recorded {
  readonly checkpoint: Checkpoint;
  readonly hash: Hash;
  readonly bitmap: Quorum['bitmap'];
  readonly rootBlock: { readonly number: number; readonly hash: Hash };
  readonly transactionHash: Hash;
}

export const hashOf = (text: string): Hash => keccak256Hex(new TextEncoder().encode(text));

/** As much of a root, and of its client, as the relay uses. */
export class FakeRoot {
  readonly records: Recorded[] = [];
  submissions = 0;
  head = 10;
  away = false;
  /** The next submission is mined, but its sender never hears of it. */
  loseNextAnswer = false;

  constructor(readonly finality: RootFinality = 'embedded') {}

  client = async () => {
    this.#reach();
    return this;
  };

  domain = async () => ({ chainId: 1, verifyingContract: `0x${'cc'.repeat(20)}` as const });

  latestCheckpoint = async () => this.#newest(this.head);

  finalCheckpoint = async () => this.#newest(this.#finalBlock());

  anchorHash = async (_chainId: number, index: number) => {
    this.#reach();
    return this.records[index]?.hash;
  };

  anchor = async (_chainId: number, index: number) => {
    this.#reach();
    const record = this.records[index];
    if (record) return record;
    throw new RootError(RootErrorCode.AnchorUnknown, 'no such anchor');
  };

  submit = async (checkpoint: Checkpoint, quorum: Quorum) => {
    this.#reach();
    this.submissions += 1;
    const hash = checkpointHash(checkpoint);
    if (this.records[checkpoint.index]?.hash === hash) {
      throw new RootError(RootErrorCode.AlreadyAnchored, 'already anchored');
    }
    if (checkpoint.index !== this.records.length) {
      throw new RootError(RootErrorCode.IndexNotNext, 'index is not the next');
    }
    this.head += 1;
    const rootBlock = { number: this.head, hash: hashOf(`root ${this.head}`) };
    const transactionHash = hashOf(`transaction ${this.submissions}`);
    const { bitmap } = quorum;
    this.records.push({ checkpoint, hash, bitmap, rootBlock, transactionHash });
    if (this.loseNextAnswer) {
      this.loseNextAnswer = false;
      throw new RootError(RootErrorCode.Unreachable, 'gone', { retryable: true });
    }
    return { transactionHash, rootBlock, gasUsed: 1n };
  };

  /** A reorganisation takes back the newest anchors. */
  forget(count: number): void {
    this.records.splice(this.records.length - count);
  }

  #finalBlock(): number {
    const depth = this.finality.startsWith('depth:') ? Number(this.finality.slice(6)) : 0;
    return this.head - depth;
  }

  #newest(upTo: number) {
    this.#reach();
    const record = this.records.filter((each) => each.rootBlock.number <= upTo).at(-1);
    if (!record) return undefined;
    const { index, lastBlock } = record.checkpoint;
    return { index, lastBlock, hash: record.hash };
  }

  #reach(): void {
    if (this.away) throw new RootError(RootErrorCode.Unreachable, 'away', { retryable: true });
  }
}
