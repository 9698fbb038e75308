import { bytesToHex, hexToBytes } from './bytes.js';
import { encodeRlp } from './rlp.js';
import { RlpWriter } from './rlp-writer.js';

it.each([
  0n,
  1n,
  127n,
  128n,
  255n,
  256n,
  65_535n,
  65_536n,
  2n ** 24n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 255n,
])('writes %i as encodeRlp does', (value) => {
  const writer = new RlpWriter();
  writer.uint(value);
  const digits = value === 0n ? '' : value.toString(16);
  const bytes = hexToBytes(`0x${digits.padStart(digits.length + (digits.length % 2), '0')}`);
  expect(bytesToHex(writer.view())).toBe(bytesToHex(encodeRlp(bytes)));
});

it.each([0, 1, 55, 56, 255, 256, 70_000])('writes strings and lists of %i bytes', (length) => {
  const bytes = new Uint8Array(length).fill(0x61);
  const writer = new RlpWriter();
  writer.byte(9);
  const outer = writer.beginList();
  writer.string(bytes);
  const inner = writer.beginList();
  if (length > 1) writer.hexString(bytesToHex(bytes));
  const at = writer.zeros(300);
  writer.endList(inner);
  writer.endList(outer);
  expect(at).toBeGreaterThan(0);
  const parts = length > 1 ? [bytes, new Uint8Array(300)] : [new Uint8Array(300)];
  expect(bytesToHex(writer.view(1))).toBe(bytesToHex(encodeRlp([bytes, parts])));
  writer.truncate(1);
  writer.rawHex('0xabcd');
  expect([...writer.view()]).toEqual([9, 0xab, 0xcd]);
});
