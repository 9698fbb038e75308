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

export const bytesSchema = z
  .string()
  .regex(/^0x(?:[0-9a-fA-F]{2})*$/, 'not hex bytes')
  .transform((text) => text.toLowerCase() as `0x${string}`);

export const wordSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,64}$/, 'not a 32-byte word')
  .transform((text) => `0x${text.slice(2).toLowerCase().padStart(64, '0')}` as `0x${string}`);
