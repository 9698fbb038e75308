import { keccak256Hex } from '@flotilla/common';
import { z } from 'zod';

const UINT256 = 1n << 256n;

/** An amount of the chain's smallest unit: a decimal or 0x-hex string, or a safe integer; kept as a decimal string. */
export const quantitySchema = z
  .union([
    z.string().regex(/^(?:0|[1-9][0-9]{0,77})$|^0x[0-9a-fA-F]{1,64}$/, 'not an unsigned integer'),
    z.int().nonnegative(),
  ])
  .transform((value) => BigInt(value))
  .refine((value) => value < UINT256, 'does not fit 256 bits')
  .transform((value) => value.toString());

export const addressSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'not an address (0x and 40 hex digits)')
  .transform((text) => text.toLowerCase() as `0x${string}`);

/** EIP-55: in mixed case the capitals are a checksum. */
function isChecksummed(text: string): boolean {
  const digits = text.slice(2);
  if (digits === digits.toLowerCase() || digits === digits.toUpperCase()) return true;
  const hash = keccak256Hex(new TextEncoder().encode(digits.toLowerCase())).slice(2);
  return [...digits].every((digit, i) =>
    Number.parseInt(hash[i], 16) >= 8
      ? digit === digit.toUpperCase()
      : digit === digit.toLowerCase(),
  );
}

/** In lower case, ascending, each once. A wrong EIP-55 checksum is an error: it is a mistyped address. */
export const addressListSchema = z
  .array(
    z
      .string()
      .regex(/^0x[0-9a-fA-F]{40}$/, 'not an address (0x and 40 hex digits)')
      .refine(isChecksummed, 'its EIP-55 checksum is wrong: mistyped?')
      .transform((text) => text.toLowerCase() as `0x${string}`),
  )
  .max(1_000)
  .transform((list) => [...new Set(list)].sort());

export const bytesSchema = z
  .string()
  .regex(/^0x(?:[0-9a-fA-F]{2})*$/, 'not hex bytes')
  .transform((text) => text.toLowerCase() as `0x${string}`);

export const wordSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,64}$/, 'not a 32-byte word')
  .transform((text) => `0x${text.slice(2).toLowerCase().padStart(64, '0')}` as `0x${string}`);
