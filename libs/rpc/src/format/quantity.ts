import type { Hex } from '@flotilla/common';

/** A JSON-RPC quantity: hex without leading zeros. */
export function quantity(value: number | bigint): Hex {
  return `0x${value.toString(16)}`;
}
