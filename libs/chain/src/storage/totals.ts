import { bigIntToMinimalBytes, bytesToBigInt, concatBytes } from '@flotilla/common';
import { numberKey, readNumberKey } from './keys.js';

/** Figures since genesis, committed with each block. */
export interface ChainTotals {
  readonly transactions: number;
  readonly gasUsed: bigint;
}

export function encodeTotals(totals: ChainTotals): Uint8Array {
  return concatBytes(numberKey(totals.transactions), bigIntToMinimalBytes(totals.gasUsed));
}

export function decodeTotals(record: Uint8Array | undefined): ChainTotals {
  if (record === undefined) return { transactions: 0, gasUsed: 0n };
  return {
    transactions: readNumberKey(record.subarray(0, 8)),
    gasUsed: bytesToBigInt(record.subarray(8)),
  };
}
