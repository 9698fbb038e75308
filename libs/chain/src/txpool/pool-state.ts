import type { Address } from '@flotilla/common';

/** The newest state, as far as the pool needs it. */
export interface PoolState {
  nonce(address: Address): bigint;
  /** In wei. */
  balance(address: Address): bigint;
  code(address: Address): Uint8Array;
}

/** EIP-7702: `0xef0100 ‖ address` makes an account act as another's code; it can still send. */
export function isDelegation(code: Uint8Array): boolean {
  return code.length === 23 && code[0] === 0xef && code[1] === 0x01 && code[2] === 0x00;
}
