import { ZERO_HASH } from '@flotilla/common';
import { type Checkpoint, parseCheckpoint } from './checkpoint.js';
import { CheckpointBuilder } from './checkpoint-builder.js';
import { checkpointHash, hashCheckpoint } from './checkpoint-hash.js';
import { AnchoringErrorCode } from './errors.js';

const valid: Checkpoint = {
  version: 1,
  epoch: 1,
  chainId: 2 ** 31,
  index: 1,
  firstBlock: 5,
  lastBlock: 9,
  timestamp: 1_750_000_000,
  parent: `0x${'01'.repeat(32)}`,
  blockHash: `0x${'02'.repeat(32)}`,
  stateRoot: `0x${'03'.repeat(32)}`,
  blocksRoot: `0x${'04'.repeat(32)}`,
  outboxRoot: ZERO_HASH,
  inboxAcc: ZERO_HASH,
  inboxCount: 0,
  daRoot: ZERO_HASH,
  configHash: `0x${'05'.repeat(32)}`,
  status: 1,
};

describe('parseCheckpoint', () => {
  it('takes exactly the fields, in any order, and puts them in order', () => {
    const shuffled = Object.fromEntries(Object.entries(valid).reverse());
    expect(JSON.stringify(parseCheckpoint(shuffled))).toBe(JSON.stringify(valid));
    expect(parseCheckpoint(JSON.parse(JSON.stringify(valid)))).toEqual(valid);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'checkpoint'],
    ['a missing field', { ...valid, daRoot: undefined }],
    ['an unknown field', { ...valid, extra: 1 }],
    ['a number as text', { ...valid, epoch: '1' }],
    ['a fraction', { ...valid, epoch: 1.5 }],
    ['a negative number', { ...valid, epoch: -1 }],
    ['a negative zero', { ...valid, inboxCount: -0 }],
    ['a number too large to be exact', { ...valid, lastBlock: 2 ** 53 }],
    ['a hash that is too short', { ...valid, parent: '0x01' }],
    ['an upper-case hash', { ...valid, parent: `0x${'AB'.repeat(32)}` }],
    ['another version', { ...valid, version: 2 }],
    ['an unknown status', { ...valid, status: 3 }],
    ['blocks that run backwards', { ...valid, lastBlock: 4 }],
    ['a first one that starts later', { ...valid, index: 0, parent: ZERO_HASH }],
    ['a first one with a parent', { ...valid, index: 0, firstBlock: 0 }],
  ])('refuses %s', (_, input) => {
    expect(() => parseCheckpoint(input)).toThrow(
      expect.objectContaining({ code: AnchoringErrorCode.InvalidCheckpoint }),
    );
  });
});

describe('hashing', () => {
  // Computed with ethers' TypedDataEncoder; the integration tests compare with the contract too.
  it('is EIP-712', () => {
    expect(checkpointHash(valid)).toBe(
      '0x6efa28b83d9e17fa3e5d5e2cd9c3fc5c5c56a421f154d915590fc290155b0246',
    );
    const verifyingContract = `0x${'c0'.repeat(20)}` as const;
    expect(hashCheckpoint(valid, { chainId: 1, verifyingContract })).toBe(
      '0xe86a07b12e6290f097740a87c16455a790ed252f4b7a5ca45e34178ced023955',
    );
  });

  it('depends on every field', () => {
    const hashes = Object.entries(valid).map(([name, value]) =>
      checkpointHash({
        ...valid,
        [name]: typeof value === 'number' ? value + 1 : `0x${'ff'.repeat(32)}`,
      }),
    );
    expect(new Set([checkpointHash(valid), ...hashes]).size).toBe(18);
  });

  it('depends on the root and the contract', () => {
    const verifyingContract = `0x${'c0'.repeat(20)}` as const;
    const digests = [
      hashCheckpoint(valid, { chainId: 1, verifyingContract }),
      hashCheckpoint(valid, { chainId: 2, verifyingContract }),
      hashCheckpoint(valid, { chainId: 1, verifyingContract: `0x${'c1'.repeat(20)}` }),
    ];
    expect(new Set(digests).size).toBe(3);
  });
});

describe('CheckpointBuilder', () => {
  const builder = new CheckpointBuilder({ chainId: 9, configHash: valid.configHash });
  const block = (number: number, hash = number + 1) => ({
    number,
    hash: `0x${hash.toString(16).padStart(64, '0')}` as const,
    parentHash: `0x${number.toString(16).padStart(64, '0')}` as const,
    stateRoot: valid.stateRoot,
    timestamp: 100 + number,
  });

  it('starts with genesis and continues from an anchor', () => {
    const first = builder.next(undefined, [block(0), block(1)], { epoch: 1 });
    expect(parseCheckpoint(first)).toMatchObject({ index: 0, firstBlock: 0, lastBlock: 1 });
    const anchor = { index: 0, lastBlock: 1, hash: checkpointHash(first) };
    const second = builder.next(anchor, [block(2)], { epoch: 3, status: 1 });
    expect(parseCheckpoint(second)).toEqual({
      ...first,
      epoch: 3,
      index: 1,
      firstBlock: 2,
      lastBlock: 2,
      timestamp: 102,
      parent: anchor.hash,
      blockHash: block(2).hash,
      blocksRoot: second.blocksRoot,
      status: 1,
    });
    expect(second.blocksRoot).not.toBe(first.blocksRoot);
  });

  it.each<[string, ReturnType<typeof block>[]]>([
    ['no block', []],
    ['a range that starts late', [block(1)]],
    ['a gap', [block(0), block(2)]],
    ['blocks that are not linked', [block(0, 77), block(1)]],
  ])('refuses %s', (_, blocks) => {
    expect(() => builder.next(undefined, blocks, { epoch: 1 })).toThrow(
      expect.objectContaining({ code: AnchoringErrorCode.InvalidBlockRange }),
    );
  });
});
