import { type Address, bigIntToHex } from '@flotilla/common';
import { isActive } from '../opcodes.js';
import type { Hardfork } from '../types.js';
import { BLAKE2F } from './blake2f.js';
import {
  BLS_G1_ADD,
  BLS_G1_MSM,
  BLS_G2_ADD,
  BLS_G2_MSM,
  BLS_MAP_FP_TO_G1,
  BLS_MAP_FP2_TO_G2,
  BLS_PAIRING,
} from './bls12-381.js';
import { BN254_ADD, BN254_MUL, BN254_PAIRING } from './bn254.js';
import { ECRECOVER, IDENTITY, RIPEMD160, SHA256 } from './hashes.js';
import { KZG_POINT_EVALUATION } from './kzg.js';
import { MODEXP, MODEXP_OSAKA } from './modexp.js';
import { P256_VERIFY } from './p256.js';
import type { Precompile } from './precompile.js';

export type PrecompileTable = ReadonlyMap<Address, Precompile>;

type Row = readonly [address: number, run: Precompile, since: Hardfork];

/** Later rows replace earlier ones at the same address. */
const ROWS: readonly Row[] = [
  [0x01, ECRECOVER, 'cancun'],
  [0x02, SHA256, 'cancun'],
  [0x03, RIPEMD160, 'cancun'],
  [0x04, IDENTITY, 'cancun'],
  [0x05, MODEXP, 'cancun'],
  [0x05, MODEXP_OSAKA, 'osaka'],
  [0x06, BN254_ADD, 'cancun'],
  [0x07, BN254_MUL, 'cancun'],
  [0x08, BN254_PAIRING, 'cancun'],
  [0x09, BLAKE2F, 'cancun'],
  [0x0a, KZG_POINT_EVALUATION, 'cancun'],
  [0x0b, BLS_G1_ADD, 'prague'],
  [0x0c, BLS_G1_MSM, 'prague'],
  [0x0d, BLS_G2_ADD, 'prague'],
  [0x0e, BLS_G2_MSM, 'prague'],
  [0x0f, BLS_PAIRING, 'prague'],
  [0x10, BLS_MAP_FP_TO_G1, 'prague'],
  [0x11, BLS_MAP_FP2_TO_G2, 'prague'],
  [0x100, P256_VERIFY, 'osaka'],
];

export function precompiles(hardfork: Hardfork): PrecompileTable {
  const table = new Map<Address, Precompile>();
  for (const [number, run, since] of ROWS) {
    if (isActive(since, hardfork)) table.set(bigIntToHex(BigInt(number), 20), run);
  }
  return table;
}
