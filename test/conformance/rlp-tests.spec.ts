import { join } from 'node:path';
import {
  bigIntToMinimalBytes,
  bytesToHex,
  CommonError,
  decodeRlp,
  encodeRlp,
  hexToBytes,
  type RlpItem,
} from '@flotilla/common';
import { ethereumTestsFolder, jsonFiles, readJson } from './fixtures.js';

type Input = string | number | readonly Input[];

interface RlpCase {
  /** A value to encode; VALID and INVALID speak of the decoding of `out`. */
  readonly in: Input;
  readonly out: string;
}

const cases = jsonFiles(join(ethereumTestsFolder(), 'RLPTests')).flatMap((file) =>
  Object.entries(readJson<Record<string, RlpCase>>(file)),
);

/** Text is UTF-8; whole numbers are big-endian, in decimal after a # when they are large. */
function item(input: Input): RlpItem {
  if (typeof input === 'number') return bigIntToMinimalBytes(BigInt(input));
  if (typeof input !== 'string') return input.map(item);
  if (input.startsWith('#')) return bigIntToMinimalBytes(BigInt(input.slice(1)));
  return new TextEncoder().encode(input);
}

function bytes(out: string): Uint8Array {
  return hexToBytes(out.startsWith('0x') ? out : `0x${out}`);
}

describe("Ethereum's RLP tests", () => {
  it.each(cases)('%s', (_, test) => {
    const encoded = bytes(test.out);
    if (test.in === 'INVALID') {
      expect(() => decodeRlp(encoded)).toThrow(CommonError);
      return;
    }
    expect(bytesToHex(encodeRlp(decodeRlp(encoded)))).toBe(bytesToHex(encoded));
    if (test.in !== 'VALID') expect(bytesToHex(encodeRlp(item(test.in)))).toBe(bytesToHex(encoded));
  });
});
