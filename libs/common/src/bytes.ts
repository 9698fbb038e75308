import { CommonError, CommonErrorCode } from './errors.js';

/** Lower-case, 0x-prefixed. Addresses are 20 bytes, hashes 32. Map keys throughout the engine. */
export type Hex = `0x${string}`;
export type Address = Hex;
export type Hash = Hex;

export const EMPTY_BYTES = new Uint8Array(0);
export const ZERO_ADDRESS: Address = `0x${'00'.repeat(20)}`;
export const ZERO_HASH: Hash = `0x${'00'.repeat(32)}`;

const HEX_PATTERN = /^0x(?:[0-9a-fA-F]{2})*$/;

export function isHex(value: unknown, byteLength?: number): value is Hex {
  return (
    typeof value === 'string' &&
    HEX_PATTERN.test(value) &&
    (byteLength === undefined || value.length === 2 + 2 * byteLength)
  );
}

const BYTE_TO_HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const HEX_CHAR_CODES = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
/** By character code; 16 where there is no digit. */
const DIGIT_VALUES = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(digit) ? 16 : digit;
});
/** Where Node makes short strings without concatenating; browsers have no `Buffer`. */
const LATIN1 = typeof Buffer === 'undefined' ? undefined : Buffer.from(`0x${'00'.repeat(255)}`);

export function bytesToHex(bytes: Uint8Array): Hex {
  const { length } = bytes;
  if (LATIN1 !== undefined && 2 + 2 * length <= LATIN1.length) {
    for (let i = 0, at = 2; i < length; i++) {
      const byte = bytes[i];
      LATIN1[at++] = HEX_CHAR_CODES[byte >> 4];
      LATIN1[at++] = HEX_CHAR_CODES[byte & 15];
    }
    return LATIN1.toString('latin1', 0, 2 + 2 * length) as Hex;
  }
  if (LATIN1 !== undefined) {
    return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('hex')}`;
  }
  let digits = '';
  for (let i = 0; i < length; i++) digits += BYTE_TO_HEX[bytes[i]];
  return `0x${digits}`;
}

function invalidHex(hex: string): CommonError {
  return new CommonError(CommonErrorCode.InvalidHex, `not a hex byte string: ${hex.slice(0, 80)}`);
}

/** Writes the digits between `from` and `to`, two to a byte. @throws CommonError `INVALID_HEX` */
export function writeHex(
  hex: string,
  from: number,
  target: Uint8Array,
  at: number,
  to: number = hex.length,
): void {
  for (let i = from; i < to; i += 2) {
    const high = DIGIT_VALUES[hex.charCodeAt(i)];
    const low = DIGIT_VALUES[hex.charCodeAt(i + 1)];
    // Not `>= 16`: what is no ASCII is undefined.
    if (!(high < 16 && low < 16)) throw invalidHex(hex);
    target[at++] = (high << 4) | low;
  }
}

/** @throws CommonError `INVALID_HEX` unless the text is 0x-prefixed with an even number of digits. */
export function hexToBytes(hex: string): Uint8Array {
  if (hex.length < 2 || hex.length % 2 !== 0 || hex[0] !== '0' || hex[1] !== 'x') {
    throw invalidHex(hex);
  }
  const bytes = new Uint8Array((hex.length - 2) / 2);
  writeHex(hex, 2, bytes, 0);
  return bytes;
}

/** Big-endian, up to 6 bytes: what a number holds without loss. */
function readSmall(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) value = value * 256 + bytes[i];
  return value;
}

export function bytesToBigInt(bytes: Uint8Array): bigint {
  const { length } = bytes;
  if (length <= 6) return BigInt(readSmall(bytes, 0, length));
  if (length <= 12) {
    const high = BigInt(readSmall(bytes, 0, length - 6));
    return (high << 48n) | BigInt(readSmall(bytes, length - 6, length));
  }
  return BigInt(bytesToHex(bytes));
}

/** Big-endian without leading zeros; zero is the empty string, as RLP wants it. */
export function bigIntToMinimalBytes(value: bigint): Uint8Array {
  if (value === 0n) return EMPTY_BYTES;
  if (value > 0n && value < 256n) return Uint8Array.of(Number(value));
  const digits = value.toString(16);
  return hexToBytes(`0x${digits.length % 2 === 1 ? '0' : ''}${digits}`);
}

/** Big-endian, left-padded to `length` bytes. */
export function bigIntToBytes(value: bigint, length: number): Uint8Array {
  return hexToBytes(`0x${value.toString(16).padStart(2 * length, '0')}`);
}

export function bigIntToHex(value: bigint, byteLength: number): Hex {
  return `0x${value.toString(16).padStart(2 * byteLength, '0')}`;
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return compareBytes(a, b) === 0;
}

/** Lexicographic: negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = a[i] - b[i];
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
