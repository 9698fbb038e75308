import { bytesToBigInt, EMPTY_BYTES, hexToBytes } from '@flotilla/common';
import type { Precompile } from './precompile.js';
import { precompile, sliceBytes } from './precompile.js';

const HEADER_BYTES = 96;
/** EIP-7823 (Osaka), for each of the three numbers. */
const MAX_OPERAND_BYTES = 1024;
const WINDOW_BITS = 4;

interface Lengths {
  readonly base: bigint;
  readonly exponent: bigint;
  readonly modulus: bigint;
}

function lengths(input: Uint8Array): Lengths {
  const at = (index: number) => bytesToBigInt(sliceBytes(input, 32 * index, 32));
  return { base: at(0), exponent: at(1), modulus: at(2) };
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

/** EIP-2565: the exponent's length beyond 32 bytes in `weight` bits per byte, plus the bits of its first 32 bytes. */
function iterations(input: Uint8Array, { base, exponent }: Lengths, weight: bigint): bigint {
  const headLength = exponent < 32n ? Number(exponent) : 32;
  const start = BigInt(HEADER_BYTES) + base;
  const head =
    start < BigInt(input.length) ? bytesToBigInt(sliceBytes(input, Number(start), headLength)) : 0n;
  const tail = exponent > 32n ? weight * (exponent - 32n) : 0n;
  const count = tail + BigInt(Math.max(0, bitLength(head) - 1));
  return count > 1n ? count : 1n;
}

function words(length: bigint): bigint {
  return (length + 7n) / 8n;
}

function longest({ base, modulus }: Lengths): bigint {
  return base > modulus ? base : modulus;
}

function gasEip2565(input: Uint8Array): number {
  const size = lengths(input);
  if (size.base === 0n && size.modulus === 0n) return 200;
  const complexity = words(longest(size)) ** 2n;
  const gas = (complexity * iterations(input, size, 8n)) / 3n;
  return gas > 200n ? Number(gas) : 200;
}

function gasEip7883(input: Uint8Array): number {
  const size = lengths(input);
  const length = longest(size);
  const complexity = length > 32n ? 2n * words(length) ** 2n : 16n;
  const gas = complexity * iterations(input, size, 16n);
  return gas > 500n ? Number(gas) : 500;
}

/** Left-to-right with a fixed window: a quarter of the multiplications of square-and-multiply. */
function powMod(base: bigint, exponent: bigint, modulus: bigint): bigint {
  if (modulus <= 1n) return 0n;
  const powers = [1n];
  for (let i = 1; i < 1 << WINDOW_BITS; i++) powers.push((powers[i - 1] * base) % modulus);
  let result = 1n;
  for (const digit of exponent.toString(1 << WINDOW_BITS)) {
    for (let i = 0; i < WINDOW_BITS; i++) result = (result * result) % modulus;
    const index = Number.parseInt(digit, 1 << WINDOW_BITS);
    if (index !== 0) result = (result * powers[index]) % modulus;
  }
  return result;
}

function run(input: Uint8Array): Uint8Array {
  const size = lengths(input);
  if (size.modulus === 0n) return EMPTY_BYTES;
  const baseLength = Number(size.base);
  const exponentLength = Number(size.exponent);
  const modulusLength = Number(size.modulus);
  const exponentAt = HEADER_BYTES + baseLength;
  const base = bytesToBigInt(sliceBytes(input, HEADER_BYTES, baseLength));
  const exponent = bytesToBigInt(sliceBytes(input, exponentAt, exponentLength));
  const modulus = bytesToBigInt(sliceBytes(input, exponentAt + exponentLength, modulusLength));
  const result = powMod(modulus === 0n ? 0n : base % modulus, exponent, modulus);
  return hexToBytes(`0x${result.toString(16).padStart(2 * modulusLength, '0')}`);
}

/** 0x05, EIP-198 at the prices of EIP-2565. */
export const MODEXP: Precompile = precompile({ gas: gasEip2565, run });

/** 0x05 since Osaka: EIP-7823's bounds and EIP-7883's prices. */
export const MODEXP_OSAKA: Precompile = precompile({
  gas: gasEip7883,
  run: (input) => {
    const size = lengths(input);
    const bound = BigInt(MAX_OPERAND_BYTES);
    if (size.base > bound || size.exponent > bound || size.modulus > bound) return undefined;
    return run(input);
  },
});
