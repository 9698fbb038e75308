import {
  addressOfKey,
  type Checkpoint,
  CheckpointBuilder,
  checkpointHash,
  signCheckpoint,
} from '@flotilla/anchoring';
import { type Hex, silentLogger } from '@flotilla/common';
import type { CheckpointAnchored, CheckpointProposed, Heartbeat } from '@flotilla/messaging';
import { chainSpecSchema, INITIAL_STATUS } from '@flotilla/orchestration';
import type { StoredChain } from '@flotilla/persistence';
import { SimulatedClock } from '@flotilla/testing';
import { LiveChains } from '../telemetry/live-chains.js';
import { FakeRoot, hashOf } from '../testing/fake-root.js';
import type { SignedCheckpoint } from './anchor-mirror.js';
import type { KnownAnchor } from './anchor-state.js';
import { AnchoringRelay, type RelayModules } from './anchoring-relay.js';

const CHAIN_ID = 4_000_000_000;
const key = new Uint8Array(32).fill(9);
const stranger = new Uint8Array(32).fill(8);
const domain = { chainId: 1, verifyingContract: `0x${'cc'.repeat(20)}` as const };
const builder = new CheckpointBuilder({ chainId: CHAIN_ID, configHash: hashOf('config') });

const chain = {
  id: 'id-shop',
  name: 'shop',
  tenant: 'acme',
  spec: chainSpecSchema.parse({}),
  status: INITIAL_STATUS,
  chainId: CHAIN_ID,
  committee: { members: [addressOfKey(key)], threshold: 1 },
} as unknown as StoredChain;

/** Checkpoint i covers block i (genesis and block 0 are one). */
function checkpoints(count: number): Checkpoint[] {
  const list: Checkpoint[] = [];
  for (let i = 0; i < count; i++) {
    const previous = list.at(-1);
    const block = {
      number: i,
      hash: hashOf(`block ${i}`),
      parentHash: hashOf(`block ${i - 1}`),
      stateRoot: hashOf(`state ${i}`),
      timestamp: 1_000 + i,
    };
    const point = previous && { ...previous, hash: checkpointHash(previous) };
    list.push(builder.next(point, [block], { epoch: 1 }));
  }
  return list;
}

class Setup {
  readonly clock = new SimulatedClock();
  readonly live = new LiveChains(this.clock);
  readonly told: CheckpointAnchored[] = [];
  readonly anchored: KnownAnchor[] = [];
  readonly final: number[] = [];
  readonly proposals = new Map<number, SignedCheckpoint>();
  readonly delays: string[] = [];
  relay: AnchoringRelay;

  constructor(readonly root = new FakeRoot()) {
    this.relay = this.restart();
  }

  restart(): AnchoringRelay {
    this.relay?.stop();
    this.relay = new AnchoringRelay({
      root: this.root,
      live: this.live,
      clock: this.clock,
      logger: silentLogger,
      directory: { find: async () => chain, all: () => [chain] },
      delays: {
        failed: async (_chain: unknown, code: string) => void this.delays.push(code),
        succeeded: async () => {},
      },
      messaging: {
        publish: (_type: unknown, _chain: string, data: CheckpointAnchored) => {
          this.told.push(data);
          return true;
        },
      },
      mirror: {
        proposed: async (_chain: unknown, signed: SignedCheckpoint) =>
          void this.proposals.set(signed.checkpoint.index, signed),
        anchored: async (_chain: unknown, anchor: KnownAnchor) => void this.anchored.push(anchor),
        final: async (_chain: unknown, anchor: KnownAnchor) => void this.final.push(anchor.index),
        find: async (_chain: unknown, index: number) => {
          const found = this.proposals.get(index);
          return found && { ...found, signatures: [found.quorum.signatures] };
        },
      },
    } as unknown as RelayModules);
    this.relay.start();
    return this.relay;
  }

  propose(checkpoint: Checkpoint, signer = key): Promise<void> {
    const data = {
      checkpoint,
      signatures: [signCheckpoint(checkpoint, domain, signer)],
      signers: '0x01',
      hash: checkpointHash(checkpoint),
    };
    return this.relay.proposed('shop', data as CheckpointProposed);
  }

  beat(head: number, safe: number, finalized: number): void {
    const at = (number: number) => ({ number, hash: hashOf(`block ${number}`) });
    this.live.note('shop', {
      instanceId: 'a',
      head: { ...at(head), stateRoot: hashOf('state'), timestamp: 1 },
      safe: at(safe),
      finalized: at(finalized),
      txpool: { pending: 0, queued: 0 },
      txTotal: 0,
    } as Heartbeat);
  }
}

describe('AnchoringRelay', () => {
  const [first, second, third] = checkpoints(3);

  it('brings a proposal to the root and tells the chain', async () => {
    const setup = new Setup();
    await setup.propose(first);
    await setup.propose(second);
    expect(setup.root.records.map((r) => r.checkpoint.index)).toEqual([0, 1]);
    expect(setup.told).toMatchObject([
      { index: 0, hash: checkpointHash(first), final: true },
      { index: 1, lastBlock: 1, blockHash: second.blockHash, rootBlock: { number: 12 } },
    ]);
    expect(setup.anchored.map((a) => a.index)).toEqual([0, 1]);
  });

  it('sends a repeated proposal once, at the same time or later', async () => {
    const setup = new Setup();
    await Promise.all([setup.propose(first), setup.propose(first), setup.propose(first)]);
    await setup.propose(first);
    expect(setup.root.submissions).toBe(1);
    expect(setup.told.every((message) => message.index === 0)).toBe(true);
  });

  it('neither doubles nor skips anything over a restart', async () => {
    const setup = new Setup();
    await setup.propose(first);
    setup.restart();
    setup.told.length = 0;
    await setup.propose(first);
    await setup.propose(second);
    expect(setup.root.submissions).toBe(2);
    expect(setup.told.map((message) => message.index)).toEqual([0, 0, 1]);
  });

  it('finds its own anchor when the answer was lost', async () => {
    const setup = new Setup();
    setup.root.loseNextAnswer = true;
    await setup.propose(first);
    expect(setup.delays).toEqual(['ROOT_UNREACHABLE']);
    expect(setup.told).toEqual([]);
    await setup.propose(first);
    expect(setup.root.records).toHaveLength(1);
    expect(setup.told.at(-1)).toMatchObject({ index: 0, hash: checkpointHash(first) });
  });

  it('goes on when the root was away', async () => {
    const setup = new Setup();
    setup.root.away = true;
    await setup.propose(first);
    setup.root.away = false;
    await setup.propose(first);
    expect(setup.root.records).toHaveLength(1);
  });

  it.each<[string, (setup: Setup) => Promise<void>]>([
    ["a stranger's signature", (setup) => setup.propose(first, stranger)],
    ["another chain's checkpoint", (setup) => setup.propose({ ...first, chainId: 5 })],
    ['a checkpoint of an unknown version', (setup) => setup.propose({ ...first, version: 9 })],
    ['one that skips an index', (setup) => setup.propose(second)],
  ])('refuses %s', async (_what, act) => {
    const setup = new Setup();
    await act(setup);
    expect(setup.root.records).toHaveLength(0);
    expect(setup.told).toEqual([]);
    expect(setup.delays).toHaveLength(1);
  });

  it('tells a chain again what it did not hear', async () => {
    const setup = new Setup();
    await setup.propose(first);
    await setup.propose(second);
    setup.restart();
    setup.told.length = 0;
    setup.beat(5, 0, 0);
    await setup.clock.advance(2_000);
    expect(setup.told.at(-1)).toMatchObject({ index: 1, final: true });
    setup.told.length = 0;
    setup.beat(5, 1, 1);
    await setup.clock.advance(2_000);
    expect(setup.told).toEqual([]);
  });

  it('waits for finality where the root is not final at once', async () => {
    const setup = new Setup(new FakeRoot('depth:2'));
    setup.beat(2, 0, 0);
    await setup.propose(first);
    await setup.propose(second);
    expect(setup.told.map((message) => message.final)).toEqual([false, false]);
    await setup.clock.advance(2_000);
    expect(setup.final).toEqual([]);
    setup.root.head += 1;
    await setup.clock.advance(2_000);
    expect(setup.final).toEqual([0]);
    setup.root.head += 1;
    await setup.clock.advance(2_000);
    expect(setup.final).toEqual([0, 1]);
    expect(setup.told.at(-1)).toMatchObject({ index: 1, final: true });
  });

  it('submits again what a reorganisation of the root took back', async () => {
    const setup = new Setup(new FakeRoot('depth:3'));
    setup.beat(2, 2, 0);
    for (const checkpoint of [first, second, third]) await setup.propose(checkpoint);
    setup.root.forget(2);
    await setup.clock.advance(2_000);
    expect(setup.root.records.map((r) => r.hash)).toEqual(
      [first, second, third].map(checkpointHash),
    );
    setup.root.head += 3;
    await setup.clock.advance(2_000);
    expect(setup.final).toEqual([0, 1, 2]);
  });

  it('hands in a checkpoint for somebody else, or says which rule it breaks', async () => {
    const setup = new Setup();
    const signed = (checkpoint: Checkpoint): Hex[] => [signCheckpoint(checkpoint, domain, key)];
    await expect(setup.relay.submit(chain, second, signed(second))).rejects.toEqual(
      expect.objectContaining({ code: 'INDEX_NOT_NEXT' }),
    );
    const anchor = await setup.relay.submit(chain, first, signed(first));
    expect(anchor).toMatchObject({ index: 0, hash: checkpointHash(first) });
    expect(await setup.relay.submit(chain, first, signed(first))).toMatchObject({ index: 0 });
    expect(setup.root.submissions).toBe(2);
    await expect(setup.relay.submit(chain, { ...first, extra: 1 }, [])).rejects.toEqual(
      expect.objectContaining({ code: 'INVALID_CHECKPOINT' }),
    );
  });
});
