import {
  type Checkpoint,
  type CheckpointDomain,
  CheckpointStatus,
  checkpointHash,
  hashCheckpoint,
  type Quorum,
  verifyQuorum,
} from '@flotilla/anchoring';
import { type Hex, ZERO_ADDRESS, ZERO_HASH } from '@flotilla/common';
import { jest } from '@jest/globals';
import { TypedDataEncoder, Wallet } from 'ethers';
import { deployRoot } from './deploy.js';
import { RootErrorCode } from './errors.js';
import { managerInterface } from './interfaces.js';
import { RootClient } from './root-client.js';
import { ANVIL_KEYS, type Anvil, startAnvil } from './testing/anvil.js';
import { checkpoint, following, members, signedBy } from './testing/fixture.js';

const refusedWith = (code: RootErrorCode, data?: Record<string, unknown>) =>
  expect.objectContaining(
    data === undefined ? { code } : { code, data: expect.objectContaining(data) },
  );

// Other suites may have the machine, too.
jest.setTimeout(30_000);

let anvil: Anvil;
let client: RootClient;
let stranger: RootClient;
let domain: CheckpointDomain;
let nextChainId = 2 ** 31;

const committee = members(3);
const addresses = committee.map(({ address }) => address);

function registration(changes = {}) {
  return {
    chainId: nextChainId++,
    owner: client.address!,
    committee: addresses,
    threshold: 2,
    configHash: ZERO_HASH,
    ...changes,
  };
}

async function registered(): Promise<number> {
  const chain = registration();
  await client.register(chain);
  return chain.chainId;
}

const sign = (signed: Checkpoint, signers = committee.slice(0, 2)) =>
  signedBy(signers, committee, signed, domain);

const submit = (signed: Checkpoint) => client.submit(signed, sign(signed));

beforeAll(async () => {
  anvil = await startAnvil();
  const { provider, wallet } = anvil;
  await deployRoot({ provider, wallet });
  const options = { rpcUrl: anvil.rpcUrl, finality: 'depth:0' } as const;
  client = await RootClient.connect({ ...options, privateKey: ANVIL_KEYS[0] });
  stranger = await RootClient.connect({ ...options, privateKey: ANVIL_KEYS[1] });
  domain = await client.domain();
}, 30_000);

afterAll(async () => {
  client.close();
  stranger.close();
  await anvil.stop();
});

describe('ChainRegistry', () => {
  it('registers a chain at epoch 1, for another owner too', async () => {
    const chain = registration({ owner: stranger.address });
    await client.register(chain);
    expect(await client.chain(chain.chainId)).toEqual({ ...chain, epoch: 1, closed: false });
  });

  it('knows no chain that nobody registered', async () => {
    expect(await client.chain(4_242)).toBeUndefined();
  });

  it.each([0, 2 ** 52, 31_337])('refuses the chain id %i', async (chainId) => {
    await expect(client.register(registration({ chainId }))).rejects.toThrow(
      refusedWith(RootErrorCode.InvalidChainId, { chainId }),
    );
  });

  it.each([1, 2 ** 52 - 1])('takes the chain id %i', async (chainId) => {
    await client.register(registration({ chainId }));
    expect(await client.chain(chainId)).toMatchObject({ chainId });
  });

  it('gives an id once, whoever asks', async () => {
    const chainId = await registered();
    await expect(stranger.register(registration({ chainId }))).rejects.toThrow(
      refusedWith(RootErrorCode.ChainIdTaken, { chainId }),
    );
  });

  it.each([
    ['no owner', { owner: ZERO_ADDRESS }, RootErrorCode.InvalidOwner],
    ['an empty committee', { committee: [] }, RootErrorCode.InvalidCommitteeSize],
    [
      'a committee of 65',
      { committee: members(65).map(({ address }) => address) },
      RootErrorCode.InvalidCommitteeSize,
    ],
    [
      'a descending committee',
      { committee: [...addresses].reverse() },
      RootErrorCode.CommitteeNotAscending,
    ],
    [
      'a member twice',
      { committee: [addresses[0], addresses[0]] },
      RootErrorCode.CommitteeNotAscending,
    ],
    [
      'the zero address',
      { committee: [ZERO_ADDRESS, addresses[0]] },
      RootErrorCode.CommitteeNotAscending,
    ],
    ['a threshold of 0', { threshold: 0 }, RootErrorCode.InvalidThreshold],
    ['a threshold above the size', { threshold: 4 }, RootErrorCode.InvalidThreshold],
  ])('refuses %s', async (_, changes, code) => {
    await expect(client.register(registration(changes))).rejects.toThrow(refusedWith(code));
  });

  it('only raises the epoch', async () => {
    const chainId = await registered();
    await client.grantEpoch(chainId, 5);
    for (const epoch of [4, 5]) {
      await expect(client.grantEpoch(chainId, epoch)).rejects.toThrow(
        refusedWith(RootErrorCode.EpochNotHigher, { current: 5, offered: epoch }),
      );
    }
    expect(await client.chain(chainId)).toMatchObject({ epoch: 5 });
  });

  it('obeys only the owner', async () => {
    const chainId = await registered();
    const attempts = [
      () => stranger.grantEpoch(chainId, 9),
      () => stranger.rotateCommittee(chainId, addresses, 1),
      () => stranger.setConfigHash(chainId, ZERO_HASH),
      () => stranger.closeChain(chainId),
      () => stranger.transferOwnership(chainId, stranger.address!),
    ];
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toThrow(
        refusedWith(RootErrorCode.NotOwner, { sender: stranger.address }),
      );
    }
    await expect(stranger.acceptOwnership(chainId)).rejects.toThrow(
      refusedWith(RootErrorCode.NotPendingOwner),
    );
  });

  it('hands a chain over in two steps', async () => {
    const chainId = await registered();
    await client.transferOwnership(chainId, stranger.address!);
    expect(await client.chain(chainId)).toMatchObject({ owner: client.address });
    await stranger.acceptOwnership(chainId);
    await stranger.grantEpoch(chainId, 2);
    await expect(client.grantEpoch(chainId, 3)).rejects.toThrow(
      refusedWith(RootErrorCode.NotOwner),
    );
  });

  it('replaces committee and configuration', async () => {
    const chainId = await registered();
    const configHash: Hex = `0x${'ab'.repeat(32)}`;
    await client.rotateCommittee(chainId, [addresses[1]], 1);
    await client.setConfigHash(chainId, configHash);
    expect(await client.chain(chainId)).toMatchObject({
      committee: [addresses[1]],
      threshold: 1,
      configHash,
    });
  });

  it('changes nothing about a closed chain', async () => {
    const chainId = await registered();
    await client.closeChain(chainId);
    await expect(client.grantEpoch(chainId, 2)).rejects.toThrow(
      refusedWith(RootErrorCode.ChainIsClosed),
    );
    await expect(submit(checkpoint(chainId))).rejects.toThrow(
      refusedWith(RootErrorCode.ChainIsClosed),
    );
  });
});

describe('CheckpointManager', () => {
  it('computes the same hashes as we do, and as ethers does', async () => {
    const some = following(checkpoint(77), { inboxCount: 3, status: CheckpointStatus.Sleeping });
    const data = managerInterface.encodeFunctionData('digestOf', [some]);
    const digest = await anvil.provider.call({ to: client.checkpointManager, data });
    expect(hashCheckpoint(some, domain)).toBe(digest);
    const types = {
      Checkpoint: managerInterface
        .getFunction('digestOf')!
        .inputs[0].components!.map(({ name, type }) => ({ name, type })),
    };
    const ethersDomain = { name: 'Flotilla', version: '1', ...domain };
    expect(TypedDataEncoder.hash(ethersDomain, types, some)).toBe(digest);
    expect(TypedDataEncoder.hashStruct('Checkpoint', types, some)).toBe(checkpointHash(some));
    const wallet = new Wallet(ANVIL_KEYS[1]);
    const signature = (await wallet.signTypedData(ethersDomain, types, some)) as Hex;
    const quorum: Quorum = { bitmap: `0x${'00'.repeat(31)}01`, signatures: signature };
    expect(verifyQuorum(digest as Hex, quorum, [stranger.address!], 1)).toEqual([stranger.address]);
  });

  it('anchors checkpoint after checkpoint, relayed by anyone', async () => {
    const chainId = await registered();
    expect(await client.latestCheckpoint(chainId)).toBeUndefined();
    expect(await client.anchors(chainId)).toEqual([]);
    const first = checkpoint(chainId);
    const second = following(first, { status: CheckpointStatus.Sleeping });
    await submit(first);
    const receipt = await stranger.submit(second, sign(second, committee));
    await client.waitFinal(receipt);
    expect(await client.latestCheckpoint(chainId)).toEqual({
      index: 1,
      lastBlock: 10,
      hash: checkpointHash(second),
      timestamp: 1_010,
      status: CheckpointStatus.Sleeping,
      rootBlock: receipt.rootBlock.number,
    });
    expect(await client.anchorHash(chainId, 0)).toBe(checkpointHash(first));
    expect(await client.anchorHash(chainId, 2)).toBeUndefined();
    const records = await client.anchors(chainId);
    expect(records.map((record) => record.checkpoint)).toEqual([first, second]);
    expect(records[1]).toMatchObject({
      hash: checkpointHash(second),
      rootBlock: receipt.rootBlock,
      transactionHash: receipt.transactionHash,
      bitmap: `0x${'00'.repeat(31)}07`,
    });
    expect(await client.anchors(chainId, 1)).toEqual([records[1]]);
    expect(await client.anchor(chainId, 0)).toEqual(records[0]);
    await expect(client.anchor(chainId, 2)).rejects.toThrow(
      refusedWith(RootErrorCode.AnchorUnknown),
    );
  });

  it('finds old anchors where the range of a log query is limited', async () => {
    const first = checkpoint(await registered());
    const chain = [first, following(first), following(following(first))];
    for (const next of chain) {
      await submit(next);
      await anvil.provider.send('anvil_mine', ['0xb']);
    }
    const limited = await RootClient.connect({ rpcUrl: anvil.rpcUrl, logRangeBlocks: 10 });
    const { provider } = limited;
    const getLogs = provider.getLogs.bind(provider);
    provider.getLogs = async (filter) => {
      const { fromBlock, toBlock } = filter as { fromBlock: number; toBlock: number };
      if (toBlock - fromBlock >= 10) throw new Error('range too large');
      return getLogs(filter);
    };
    const { chainId } = first;
    expect((await limited.anchors(chainId)).map((record) => record.checkpoint)).toEqual(chain);
    for (const index of [0, 1, 2]) {
      expect((await limited.anchor(chainId, index)).checkpoint).toEqual(chain[index]);
    }
    limited.close();
  });

  it('tells a repeated checkpoint from a wrong one, also when it is not the newest', async () => {
    const chainId = await registered();
    const first = checkpoint(chainId);
    const second = following(first);
    await submit(first);
    await submit(second);
    for (const again of [first, second]) {
      await expect(submit(again)).rejects.toThrow(
        refusedWith(RootErrorCode.AlreadyAnchored, {
          index: again.index,
          hash: checkpointHash(again),
        }),
      );
    }
  });

  it('says so as well when two relays race for one checkpoint in one block', async () => {
    const chainId = await registered();
    const first = checkpoint(chainId);
    await anvil.provider.send('evm_setAutomine', [false]);
    const race = Promise.allSettled(
      [client, stranger].map((relay) => relay.submit(first, sign(first))),
    );
    try {
      for (let pending = 0; pending < 2; ) {
        pending = Number((await anvil.provider.send('txpool_status', [])).pending);
      }
      await anvil.provider.send('evm_mine', []);
      const outcomes = await race;
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { code: RootErrorCode.AlreadyAnchored },
      });
    } finally {
      await anvil.provider.send('evm_setAutomine', [true]);
    }
  });

  it.each<[string, Partial<Checkpoint>, RootErrorCode]>([
    ['an unknown version', { version: 2 }, RootErrorCode.UnsupportedVersion],
    ['an unknown status', { status: 3 as CheckpointStatus }, RootErrorCode.InvalidStatus],
    ['an index that leaves a gap', { index: 2 }, RootErrorCode.IndexNotNext],
    ['an index that goes back', { index: 0 }, RootErrorCode.IndexNotNext],
    ['another parent', { parent: `0x${'11'.repeat(32)}` }, RootErrorCode.ParentMismatch],
    ['no parent', { parent: ZERO_HASH }, RootErrorCode.ParentMismatch],
    ['a gap between blocks', { firstBlock: 2 }, RootErrorCode.BlocksNotContiguous],
    ['overlapping blocks', { firstBlock: 0 }, RootErrorCode.BlocksNotContiguous],
    ['an empty range', { lastBlock: 0 }, RootErrorCode.EmptyBlockRange],
    ['time running backwards', { timestamp: 999 }, RootErrorCode.TimestampBackwards],
    ['an epoch of the past', { epoch: 0 }, RootErrorCode.EpochTooLow],
    ['an epoch nobody granted', { epoch: 2 }, RootErrorCode.EpochNotGranted],
    [
      'a chain nobody registered',
      { chainId: 99, index: 0, parent: ZERO_HASH, firstBlock: 0 },
      RootErrorCode.ChainUnknown,
    ],
  ])('refuses %s', async (_, changes, code) => {
    const first = checkpoint(await registered());
    await submit(first);
    await expect(submit(following(first, changes))).rejects.toThrow(refusedWith(code));
    expect(await client.latestCheckpoint(first.chainId)).toMatchObject({ index: 0 });
  });

  it('starts at block 0, index 0, without a parent', async () => {
    const first = checkpoint(await registered());
    await expect(submit({ ...first, firstBlock: 1, lastBlock: 1 })).rejects.toThrow(
      refusedWith(RootErrorCode.BlocksNotContiguous),
    );
    await expect(submit({ ...first, index: 1 })).rejects.toThrow(
      refusedWith(RootErrorCode.IndexNotNext),
    );
    await expect(submit({ ...first, parent: `0x${'11'.repeat(32)}` })).rejects.toThrow(
      refusedWith(RootErrorCode.ParentMismatch),
    );
  });

  it('fences off the old epoch once a new one is granted', async () => {
    const first = checkpoint(await registered());
    await submit(first);
    await client.grantEpoch(first.chainId, 2);
    await expect(submit(following(first))).rejects.toThrow(
      refusedWith(RootErrorCode.EpochTooLow, { granted: 2, offered: 1 }),
    );
    await submit(following(first, { epoch: 2 }));
  });

  it('takes nothing after a checkpoint that closes the chain', async () => {
    const last = checkpoint(await registered(), { status: CheckpointStatus.Closed });
    await submit(last);
    await expect(submit(following(last))).rejects.toThrow(refusedWith(RootErrorCode.ChainIsClosed));
  });

  it('counts the committee of now', async () => {
    const first = checkpoint(await registered());
    const old = sign(first);
    const [newcomer] = members(1, 'newcomer');
    await client.rotateCommittee(first.chainId, [newcomer.address], 1);
    await expect(client.submit(first, old)).rejects.toThrow(
      refusedWith(RootErrorCode.UnknownMember),
    );
    await client.submit(first, signedBy([newcomer], [newcomer], first, domain));
  });
});

describe('the quorum, on chain', () => {
  const bit = (bits: number): Hex => `0x${bits.toString(16).padStart(64, '0')}`;
  const one = (quorum: Quorum, i: number) =>
    quorum.signatures.slice(2 + 130 * i, 2 + 130 * (i + 1));
  const SECP256K1_N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

  function highS(signature: string): string {
    const s = SECP256K1_N - BigInt(`0x${signature.slice(64, 128)}`);
    const v = signature.slice(128) === '1b' ? '1c' : '1b';
    return signature.slice(0, 64) + s.toString(16).padStart(64, '0') + v;
  }

  it.each<[string, (both: Quorum, all: Quorum) => Quorum, RootErrorCode]>([
    [
      'one signature of two',
      (both) => ({ bitmap: bit(0b001), signatures: `0x${one(both, 0)}` }),
      RootErrorCode.QuorumNotReached,
    ],
    ['no signature', () => ({ bitmap: bit(0), signatures: '0x' }), RootErrorCode.QuorumNotReached],
    [
      'a member counted twice under another bit',
      (both) => ({ bitmap: bit(0b011), signatures: `0x${one(both, 0)}${one(both, 0)}` }),
      RootErrorCode.WrongSigner,
    ],
    [
      'signatures in another order',
      (both) => ({ bitmap: bit(0b011), signatures: `0x${one(both, 1)}${one(both, 0)}` }),
      RootErrorCode.WrongSigner,
    ],
    [
      'a bit beyond the committee',
      (both) => ({ ...both, bitmap: bit(0b1011) }),
      RootErrorCode.UnknownMember,
    ],
    [
      'more bits than signatures',
      (both) => ({ ...both, bitmap: bit(0b111) }),
      RootErrorCode.SignaturesMisfit,
    ],
    [
      'more signatures than bits',
      (_, all) => ({ ...all, bitmap: bit(0b011) }),
      RootErrorCode.SignaturesMisfit,
    ],
    [
      'a byte too many',
      (both) => ({ ...both, signatures: `${both.signatures}00` }),
      RootErrorCode.SignaturesMisfit,
    ],
    [
      'a signature with a high s',
      (both) => ({ ...both, signatures: `0x${highS(one(both, 0))}${one(both, 1)}` }),
      RootErrorCode.InvalidSignature,
    ],
    [
      'a recovery id of 0',
      (both) => ({ ...both, signatures: `0x${one(both, 0).slice(0, 128)}00${one(both, 1)}` }),
      RootErrorCode.InvalidSignature,
    ],
    [
      'a signature of zeros, which recovers to nobody',
      (both) => ({ ...both, signatures: `0x${'00'.repeat(64)}1b${one(both, 1)}` }),
      RootErrorCode.InvalidSignature,
    ],
  ])('refuses %s', async (_, forge, code) => {
    const first = checkpoint(await registered());
    const forged = forge(sign(first), sign(first, committee));
    await expect(client.submit(first, forged)).rejects.toThrow(refusedWith(code));
    expect(await client.latestCheckpoint(first.chainId)).toBeUndefined();
    const digest = hashCheckpoint(first, domain);
    expect(() => verifyQuorum(digest, forged, addresses, 2)).toThrow();
  });

  it('refuses signatures over another checkpoint, another root and another contract', async () => {
    const first = checkpoint(await registered());
    const elsewhere = [
      sign({ ...first, stateRoot: ZERO_HASH }),
      signedBy(committee, committee, first, { ...domain, chainId: 1 }),
      signedBy(committee, committee, first, { ...domain, verifyingContract: ZERO_ADDRESS }),
    ];
    for (const quorum of elsewhere) {
      await expect(client.submit(first, quorum)).rejects.toThrow(
        refusedWith(RootErrorCode.WrongSigner),
      );
    }
  });

  it('takes a full committee of 64', async () => {
    const many = members(64, 'many');
    const chain = registration({ committee: many.map(({ address }) => address), threshold: 64 });
    await client.register(chain);
    const first = checkpoint(chain.chainId);
    await client.submit(first, signedBy(many, many, first, domain));
    expect(await client.anchorHash(chain.chainId, 0)).toBe(checkpointHash(first));
  });
});
