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

export function bytesToHex(bytes: Uint8Array): Hex {
  let digits = '';
  for (let i = 0; i < bytes.length; i++) digits += BYTE_TO_HEX[bytes[i]];
  return `0x${digits}`;
}

function nibble(charCode: number): number {
  return charCode <= 57 ? charCode - 48 : (charCode & 0x5f) - 55;
}

/** @throws CommonError `INVALID_HEX` unless the text is 0x-prefixed with an even number of digits. */
export function hexToBytes(hex: string): Uint8Array {
  if (!HEX_PATTERN.test(hex)) {
    throw new CommonError(CommonErrorCode.InvalidHex, `not a hex byte string: ${hex.slice(0, 80)}`);
  }
  const bytes = new Uint8Array((hex.length - 2) / 2);
  for (let i = 0, at = 2; i < bytes.length; i++, at += 2) {
    bytes[i] = (nibble(hex.charCodeAt(at)) << 4) | nibble(hex.charCodeAt(at + 1));
  }
  return bytes;
}

export function bytesToBigInt(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(bytesToHex(bytes));
}

/** Big-endian without leading zeros; zero is the empty string, as RLP wants it. */
export function bigIntToMinimalBytes(value: bigint): Uint8Array {
  if (value === 0n) return EMPTY_BYTES;
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
