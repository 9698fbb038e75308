import { bytesToHex, hexToBytes } from './bytes.js';
import { CommonErrorCode } from './errors.js';
import { decodeRlp, encodeRlp } from './rlp.js';

const text = (value: string) => new TextEncoder().encode(value);

describe('RLP', () => {
  it.each([
    ['0x80', new Uint8Array(0)],
    ['0x00', Uint8Array.of(0)],
    ['0x83646f67', text('dog')],
    ['0xc88363617483646f67', [text('cat'), text('dog')]],
    ['0xc7c0c1c0c3c0c1c0', [[], [[]], [[], [[]]]]],
  ])('encodes and decodes %s', (hex, item) => {
    expect(bytesToHex(encodeRlp(item))).toBe(hex);
    expect(decodeRlp(hexToBytes(hex))).toEqual(item);
  });

  it('round-trips a long string', () => {
    const long = new Uint8Array(70_000).fill(7);
    expect(decodeRlp(encodeRlp(long))).toEqual(long);
  });

  it.each(['0x', '0x8100', '0xb800', '0xb90000', '0x83aabb', '0xc2', '0x0000', '0xf90000'])(
    'refuses %s',
    (hex) => {
      expect(() => decodeRlp(hexToBytes(hex))).toThrow(
        expect.objectContaining({ code: CommonErrorCode.InvalidRlp }),
      );
    },
  );
});
