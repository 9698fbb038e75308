import {
  bigIntToMinimalBytes,
  bytesToBigInt,
  bytesToHex,
  equalBytes,
  hexToBytes,
  writeHex,
} from './bytes.js';
import { CommonErrorCode } from './errors.js';
import { encodeRlp } from './rlp.js';
import { RlpCursor } from './rlp-cursor.js';

const pattern = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 37 + 129) & 0xff);

describe('hex', () => {
  it.each([0, 1, 20, 32, 254, 255, 256, 5000])('round-trips %i bytes', (length) => {
    const bytes = pattern(length + 5).subarray(5);
    const hex = bytesToHex(bytes);
    expect(hex).toBe(`0x${Buffer.from(bytes).toString('hex')}`);
    expect(equalBytes(hexToBytes(hex), bytes)).toBe(true);
    expect(equalBytes(hexToBytes(`0x${hex.slice(2).toUpperCase()}`), bytes)).toBe(true);
  });

  it.each(['', '0', '00', '0x0', '0X00', '0x0g', '0x\u0130\u0131', '0x 1', '0x+1', '0x🙂'])(
    'refuses %j',
    (text) => {
      expect(() => hexToBytes(text)).toThrow(
        expect.objectContaining({ code: CommonErrorCode.InvalidHex }),
      );
    },
  );

  it('writes into the middle of an array', () => {
    const target = new Uint8Array(4).fill(1);
    writeHex('0xaBcD', 2, target, 1);
    expect([...target]).toEqual([1, 0xab, 0xcd, 1]);
  });
});

it.each([0, 1, 2, 6, 7, 8, 12, 13, 31, 32])('reads integers of %i bytes', (length) => {
  const bytes = pattern(length);
  const value = length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  expect(bytesToBigInt(bytes)).toBe(value);
  expect(equalBytes(bigIntToMinimalBytes(value), bytes)).toBe(true);
});

it('walks over an encoding without decoding it', () => {
  const long = pattern(300);
  const encoded = encodeRlp([Uint8Array.of(5), [long, []], long, new Uint8Array(0), pattern(7)]);
  const cursor = new RlpCursor();
  cursor.reset(encoded, 0);
  cursor.enterList();
  expect(cursor.uint()).toBe(5n);
  expect(cursor.skipLength()).toBe(304);
  expect(equalBytes(cursor.bytes(), long)).toBe(true);
  expect(cursor.uint()).toBe(0n);
  expect(cursor.uint()).toBe(bytesToBigInt(pattern(7)));
  expect(cursor.at).toBe(encoded.length);
});

it('compares items where they lie, and leaves lists before their end', () => {
  const [a, b] = [pattern(20), pattern(20).fill(9, 0, 1)];
  const encoded = encodeRlp([[a, b], pattern(7)]);
  const cursor = new RlpCursor();
  cursor.reset(encoded, 0);
  cursor.enterList();
  const length = cursor.enterList();
  const end = cursor.at + length;
  expect(cursor.isOneOf([b, a.subarray(1), a])).toBe(true);
  const second = cursor.at;
  expect(cursor.isOneOf([a, b.subarray(1)])).toBe(false);
  cursor.seek(second);
  expect(cursor.isOneOf([])).toBe(false);
  cursor.seek(second);
  expect(cursor.isOneOf([b])).toBe(true);
  cursor.seek(end);
  expect(cursor.isOneOf([pattern(7)])).toBe(true);
});
