import {
  bytesToHex,
  decodeRlpList,
  encodeRlp,
  type Hash,
  hexToBytes,
  keccak256Hex,
  type RlpItem,
} from '@flotilla/common';
import { AnchoringErrorCode } from '../errors.js';
import { realParts } from '../testing/real-bundle.js';
import { decodeHeader, encodeHeader, type RpcBlock } from './header.js';

const { rootBlock } = await realParts({});
const EXTRA_DATA = 12;

const coded = () => expect.objectContaining({ code: AnchoringErrorCode.InvalidHeader });

function withItems(block: RpcBlock, change: (items: RlpItem[]) => void): Uint8Array {
  const items = [...decodeRlpList(hexToBytes(encodeHeader(block)))];
  change(items);
  return encodeRlp(items);
}

describe('encodeHeader', () => {
  it('is read back', () => {
    const header = decodeHeader(hexToBytes(encodeHeader(rootBlock)));
    expect(header).toEqual({
      number: 90,
      hash: rootBlock.hash,
      stateRoot: rootBlock.stateRoot,
      timestamp: 1_750_000_000,
    });
  });

  it('leaves out the fields of forks to come', () => {
    const { requestsHash, ...cancun } = rootBlock;
    const rlp = withItems(rootBlock, (items) => items.pop());
    expect(encodeHeader({ ...cancun, hash: keccak256Hex(rlp), requestsHash: null })).toBe(
      bytesToHex(rlp),
    );
    expect(() => encodeHeader({ ...cancun, hash: rootBlock.hash })).toThrow(coded());
  });

  it('hashes a QBFT header without its round and seals, as Besu does', () => {
    const extra = (round: Uint8Array, seals: RlpItem) =>
      encodeRlp([new Uint8Array(32), [new Uint8Array(20).fill(1)], [], round, seals]);
    const hashed = withItems(rootBlock, (items) => {
      items[EXTRA_DATA] = extra(new Uint8Array(0), []);
    });
    const sealed = extra(Uint8Array.of(2), [new Uint8Array(65).fill(7)]);
    const block = { ...rootBlock, extraData: bytesToHex(sealed), hash: keccak256Hex(hashed) };
    expect(encodeHeader(block)).toBe(bytesToHex(hashed));
    expect(() => encodeHeader({ ...block, extraData: '0xc0' })).toThrow(coded());
    expect(() => encodeHeader({ ...block, gasUsed: '0x1' })).toThrow(coded());
  });

  it.each(['stateRoot', 'number', 'nonce'])('needs %s', (name) => {
    expect(() => encodeHeader({ ...rootBlock, [name]: undefined })).toThrow(coded());
    expect(() => encodeHeader({ ...rootBlock, [name]: 'x' })).toThrow(coded());
  });
});

describe('decodeHeader', () => {
  it.each<[string, (items: RlpItem[]) => void]>([
    ['a field too few', (items) => items.splice(14)],
    ['a list for a field', (items) => items.splice(0, 1, [])],
    ['a short state root', (items) => items.splice(3, 1, Uint8Array.of(1))],
    ['a number with a leading zero', (items) => items.splice(8, 1, Uint8Array.of(0, 1))],
    ['a number beyond all blocks', (items) => items.splice(8, 1, new Uint8Array(9).fill(1))],
  ])('refuses %s', (_, change) => {
    expect(() => decodeHeader(withItems(rootBlock, change))).toThrow(coded());
  });

  it.each<Hash>(['0x', '0x80', '0xc0', '0xc080'])('refuses %s', (hex) => {
    expect(() => decodeHeader(hexToBytes(hex))).toThrow(coded());
  });
});
