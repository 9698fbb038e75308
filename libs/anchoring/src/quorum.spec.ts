import {
  type Address,
  bigIntToHex,
  type Hash,
  type Hex,
  ZERO_ADDRESS,
  ZERO_HASH,
} from '@flotilla/common';
import { CheckpointBuilder } from './checkpoint-builder.js';
import { hashCheckpoint } from './checkpoint-hash.js';
import { AnchoringErrorCode } from './errors.js';
import { assertCommittee, buildQuorum, recoverSigners, verifyQuorum } from './quorum.js';
import { addressOfKey, recoverSigner, signCheckpoint } from './signature.js';

const genesis = {
  number: 0,
  hash: bigIntToHex(1n, 32),
  parentHash: ZERO_HASH,
  stateRoot: ZERO_HASH,
  timestamp: 0,
};
const checkpoint = new CheckpointBuilder({ chainId: 5, configHash: ZERO_HASH }).next(
  undefined,
  [genesis],
  { epoch: 1 },
);
const domain = { chainId: 1, verifyingContract: `0x${'0c'.repeat(20)}` } as const;
const digest = hashCheckpoint(checkpoint, domain);

const signers = [1, 2, 3]
  .map((seed) => new Uint8Array(32).fill(seed))
  .map((key) => ({
    address: addressOfKey(key),
    signature: signCheckpoint(checkpoint, domain, key),
  }))
  .sort((a, b) => (a.address < b.address ? -1 : 1));
const committee = signers.map(({ address }) => address);
const signatures = signers.map(({ signature }) => signature);
const quorum = buildQuorum(digest, [signatures[2], signatures[0]], committee);

const coded = (code: AnchoringErrorCode) => expect.objectContaining({ code });
const bitmap = (bits: bigint): Hex => bigIntToHex(bits, 32);

it('knows the address of a key', () => {
  const key = Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? 1 : 0));
  expect(addressOfKey(key)).toBe('0x7e5f4552091a69125d5dfcb7b8c2659029395bdf');
});

describe('a quorum', () => {
  it('is packed in the order of the committee, whatever the order of arrival', () => {
    expect(quorum.bitmap).toBe(bitmap(0b101n));
    expect(recoverSigners(digest, quorum.signatures)).toEqual([committee[0], committee[2]]);
    expect(verifyQuorum(digest, quorum, committee, 2)).toEqual([committee[0], committee[2]]);
  });

  it('takes more signatures than it needs', () => {
    const all = buildQuorum(digest, signatures, committee);
    expect(verifyQuorum(digest, all, committee, 1)).toEqual(committee);
  });

  it('is not built from a stranger or from one member twice', () => {
    const twice = [signatures[0], signatures[0]];
    expect(() => buildQuorum(digest, twice, committee)).toThrow(
      coded(AnchoringErrorCode.WrongSigner),
    );
    expect(() => buildQuorum(digest, signatures, committee.slice(1))).toThrow(
      coded(AnchoringErrorCode.WrongSigner),
    );
  });

  it.each<[string, { bitmap?: Hex; signatures?: Hex }, AnchoringErrorCode]>([
    ['a bit beyond the committee', { bitmap: bitmap(0b1001n) }, AnchoringErrorCode.InvalidBitmap],
    ['more bits than signatures', { bitmap: bitmap(0b111n) }, AnchoringErrorCode.InvalidBitmap],
    ['fewer bits than signatures', { bitmap: bitmap(1n) }, AnchoringErrorCode.InvalidBitmap],
    ['a short bitmap', { bitmap: '0x05' }, AnchoringErrorCode.InvalidBitmap],
    ['another member’s bit', { bitmap: bitmap(0b110n) }, AnchoringErrorCode.WrongSigner],
    ['nobody', { bitmap: bitmap(0n), signatures: '0x' }, AnchoringErrorCode.QuorumNotReached],
    [
      'too few',
      { bitmap: bitmap(1n), signatures: signatures[0] },
      AnchoringErrorCode.QuorumNotReached,
    ],
    ['half a signature', { signatures: '0x00' }, AnchoringErrorCode.InvalidSignature],
  ])('is refused with %s', (_, change, code) => {
    expect(() => verifyQuorum(digest, { ...quorum, ...change }, committee, 2)).toThrow(coded(code));
  });

  it('is refused over another digest', () => {
    expect(() => verifyQuorum(ZERO_HASH, quorum, committee, 2)).toThrow(
      coded(AnchoringErrorCode.WrongSigner),
    );
  });
});

describe('a signature', () => {
  const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const [signature] = signatures;
  const r = signature.slice(2, 66);
  const s = BigInt(`0x${signature.slice(66, 130)}`);
  const v = signature.slice(130);
  const hex = (value: bigint) => value.toString(16).padStart(64, '0');

  it('is deterministic and low-s', () => {
    expect(signCheckpoint(checkpoint, domain, new Uint8Array(32).fill(1))).toMatch(/(1b|1c)$/);
    expect(s <= N / 2n).toBe(true);
    expect(recoverSigner(digest, signature)).toBe(committee[0]);
  });

  it.each<[string, Hex]>([
    ['a high s', `0x${r}${hex(N - s)}${v === '1b' ? '1c' : '1b'}`],
    ['a recovery id of 0', `0x${r}${hex(s)}00`],
    ['a recovery id of 29', `0x${r}${hex(s)}1d`],
    ['zeros', `0x${'00'.repeat(64)}1b`],
    ['an r beyond the order', `0x${hex(N)}${hex(s)}${v}`],
    ['64 bytes', `0x${r}${hex(s)}`],
    ['no hex', 'signature' as Hex],
  ])('is refused with %s', (_, forged) => {
    expect(() => recoverSigner(digest as Hash, forged)).toThrow(
      coded(AnchoringErrorCode.InvalidSignature),
    );
  });
});

describe('a committee', () => {
  it.each<[string, readonly Address[], number]>([
    ['no member', [], 1],
    ['65 members', Array.from({ length: 65 }, (_, i) => bigIntToHex(BigInt(i + 1), 20)), 1],
    ['descending members', [...committee].reverse(), 1],
    ['one member twice', [committee[0], committee[0]], 1],
    ['the zero address', [ZERO_ADDRESS], 1],
    ['something else', ['0x12'], 1],
    ['a threshold of 0', committee, 0],
    ['a threshold above the size', committee, 4],
    ['a broken threshold', committee, 1.5],
  ])('is refused with %s', (_, members, threshold) => {
    expect(() => assertCommittee(members, threshold)).toThrow(
      coded(AnchoringErrorCode.InvalidCommittee),
    );
  });
});
