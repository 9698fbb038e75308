import { addressOfKey, checkpointHash, hashCheckpoint, recoverSigner } from '@flotilla/anchoring';
import { type Blockchain, ChainError, ChainErrorCode } from '@flotilla/chain';
import { type Hash, keccak256Hex, silentLogger, ZERO_ADDRESS, ZERO_HASH } from '@flotilla/common';
import { SimulatedClock } from '@flotilla/testing';
import { NodeErrorCode } from '../errors.js';
import type { AnchoringState, Proposal } from './anchoring-state.js';
import { CheckpointProposer } from './checkpoint-proposer.js';

const hashOf = (text: string): Hash => keccak256Hex(new TextEncoder().encode(text));

/** As much of a chain as anchoring sees. */
class StubChain {
  headNumber = 0;
  transactions = 0;
  epoch = 1;
  safe = 0;
  finalized = 0;
  readonly identity = { chainId: 7 };
  readonly events = {
    on: (_name: 'block', handler: () => void) => {
      this.#onBlock = handler;
      return () => {};
    },
  };
  #onBlock = () => {};
  configHashAt = (_number: number) => hashOf('config');

  headerByNumber(number: number) {
    if (number > this.headNumber) return undefined;
    return {
      number,
      hash: hashOf(`block ${number}`),
      parentHash: number === 0 ? ZERO_HASH : hashOf(`block ${number - 1}`),
      stateRoot: hashOf(`state ${number}`),
      timestamp: 1000 + number,
    };
  }
  dev: { tampering?: object } = {};
  head() {
    return this.headerByNumber(this.headNumber);
  }
  totals() {
    return { transactions: this.transactions, gasUsed: 0n };
  }
  async markSafe(number: number, hash: Hash) {
    if (this.headerByNumber(number)?.hash !== hash) {
      throw new ChainError(ChainErrorCode.FinalityMismatch, 'another block');
    }
    this.safe = Math.max(this.safe, number);
  }
  async markFinalized(number: number) {
    this.finalized = Math.max(this.finalized, number);
  }
  mine(transactions = 1) {
    this.headNumber++;
    this.transactions += transactions;
    this.#onBlock();
  }
}

const privateKey = new Uint8Array(32).fill(7);
const key = { privateKey, address: addressOfKey(privateKey) };
const domain = { chainId: 1, verifyingContract: ZERO_ADDRESS };

class Setup {
  readonly chain = new StubChain();
  readonly clock = new SimulatedClock();
  readonly published: Proposal[] = [];
  saved: AnchoringState | undefined;
  proposer = this.restart();

  restart(): CheckpointProposer {
    const state = {
      load: () => structuredClone(this.saved),
      save: (value: AnchoringState) => {
        this.saved = structuredClone(value);
      },
    };
    this.proposer = new CheckpointProposer(
      { cadence: { everyBlocks: 100, everyMs: 60_000 }, domain },
      {
        chain: this.chain as unknown as Blockchain,
        key,
        state,
        publish: (proposal) => this.published.push(proposal),
        clock: this.clock,
        logger: silentLogger,
      },
    );
    this.proposer.start();
    return this.proposer;
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 500) await this.clock.advance(500);
  }

  anchor({ checkpoint }: Proposal, final = false): Promise<void> {
    const { index, lastBlock, blockHash } = checkpoint;
    const hash = checkpointHash(checkpoint);
    return this.proposer.recordAnchor({ index, hash, lastBlock, blockHash, final });
  }

  get last(): Proposal {
    return this.published[this.published.length - 1];
  }
}

describe('CheckpointProposer', () => {
  it('signs nothing more once the chain was tampered with, and says so', async () => {
    const setup = new Setup();
    setup.chain.mine();
    setup.proposer.propose();
    const { length } = setup.published;
    setup.chain.dev = { tampering: {} };
    setup.chain.mine(100);
    await setup.pass(120_000);
    expect(setup.published).toHaveLength(length);
    expect(() => setup.proposer.propose()).toThrow(
      expect.objectContaining({ code: NodeErrorCode.Tampered }),
    );
    await setup.anchor(setup.last);
    expect(setup.chain.safe).toBe(0);
  });

  it('stays silent while nothing happens', async () => {
    const setup = new Setup();
    await setup.pass(120_000);
    expect(setup.published).toHaveLength(0);
    expect(setup.proposer.propose()).toBe('PROPOSED');
    await setup.anchor(setup.last);
    expect(setup.proposer.propose()).toBe('NOTHING_TO_ANCHOR');
  });

  it('signs contiguous, parent-linked checkpoints and repeats each until it is anchored', async () => {
    const setup = new Setup();
    setup.chain.mine();
    await setup.pass(1_000);
    const [first] = setup.published;
    expect(first.checkpoint).toMatchObject({
      index: 0,
      firstBlock: 0,
      lastBlock: 1,
      parent: ZERO_HASH,
    });
    expect(recoverSigner(hashCheckpoint(first.checkpoint, domain), first.signature)).toBe(
      key.address,
    );
    setup.chain.mine();
    await setup.pass(7_000);
    expect(setup.published.length).toBeGreaterThanOrEqual(3);
    expect(new Set(setup.published.map((p) => p.signature)).size).toBe(1);

    await setup.anchor(first);
    expect([setup.chain.safe, setup.chain.finalized]).toEqual([1, 0]);
    await setup.anchor(first, true);
    expect(setup.chain.finalized).toBe(1);
    await setup.pass(61_000);
    expect(setup.last.checkpoint).toMatchObject({
      index: 1,
      firstBlock: 2,
      lastBlock: 2,
      parent: checkpointHash(first.checkpoint),
    });
  });

  it('proposes the very same checkpoint after a restart, though the chain has grown', async () => {
    const setup = new Setup();
    setup.chain.mine();
    await setup.pass(1_000);
    const before = setup.last;
    await setup.proposer.stop();
    setup.chain.mine();
    setup.published.length = 0;
    setup.restart();
    await setup.pass(4_000);
    expect(setup.last).toEqual(before);
    await setup.anchor(before);
    await setup.proposer.stop();
    setup.restart();
    await setup.pass(1_000);
    expect(setup.last.checkpoint).toMatchObject({ index: 1, firstBlock: 2 });
  });

  it('covers the whole head when asked while another proposal is on its way', async () => {
    const setup = new Setup();
    setup.chain.mine();
    await setup.pass(1_000);
    const first = setup.last;
    setup.chain.mine(0);
    expect(setup.proposer.propose()).toBe('PROPOSED');
    expect(setup.last).toBe(first);
    await setup.anchor(first);
    await setup.pass(1_000);
    expect(setup.last.checkpoint).toMatchObject({ index: 1, lastBlock: 2 });
  });

  it('continues from a newer anchor that it did not know of', async () => {
    const setup = new Setup();
    for (let i = 0; i < 9; i++) setup.chain.mine();
    const blockHash = hashOf('block 8');
    await setup.proposer.recordAnchor({
      index: 4,
      hash: hashOf('theirs'),
      lastBlock: 8,
      blockHash,
      final: true,
    });
    await setup.pass(1_000);
    expect(setup.last.checkpoint).toMatchObject({
      index: 5,
      firstBlock: 9,
      parent: hashOf('theirs'),
    });
  });

  it('commits to the configuration in force at the last block', async () => {
    const setup = new Setup();
    setup.chain.configHashAt = (number) => hashOf(`configuration at ${number}`);
    setup.chain.mine();
    setup.chain.mine();
    await setup.pass(1_000);
    expect(setup.last.checkpoint).toMatchObject({
      lastBlock: 2,
      configHash: hashOf('configuration at 2'),
    });
  });

  it('signs anew under a higher epoch', async () => {
    const setup = new Setup();
    setup.chain.mine();
    await setup.pass(1_000);
    setup.chain.epoch = 2;
    await setup.pass(1_000);
    expect(setup.last.checkpoint).toMatchObject({ index: 0, epoch: 2 });
  });

  it('stops for good when the root has other blocks', async () => {
    const setup = new Setup();
    setup.chain.mine();
    await expect(
      setup.proposer.recordAnchor({
        index: 0,
        hash: ZERO_HASH,
        lastBlock: 1,
        blockHash: hashOf('stranger'),
        final: false,
      }),
    ).rejects.toMatchObject({ code: 'FINALITY_MISMATCH' });
    await setup.pass(120_000);
    expect(setup.published).toHaveLength(0);
    expect(() => setup.proposer.propose()).toThrow(
      expect.objectContaining({ code: 'FORKED_FROM_ROOT' }),
    );
  });
});
