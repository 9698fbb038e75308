import { Gas, wordCount } from '../gas.js';
import { isActive } from '../opcodes.js';
import type { EvmTransaction, Hardfork } from '../types.js';

/** What the intrinsic price is computed from: a transaction, or a call that lacks some of it. */
export type IntrinsicInput = Pick<
  EvmTransaction,
  'to' | 'data' | 'accessList' | 'authorizationList'
>;

/** In gas. `floor` is 0 before Prague. */
export interface IntrinsicGas {
  readonly intrinsic: bigint;
  /** EIP-7623: a transaction pays no less than this, whatever it executes. */
  readonly floor: bigint;
}

function zeroBytes(data: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < data.length; i++) if (data[i] === 0) count++;
  return count;
}

/** What a transaction costs before its first instruction (EIP-2028, 2930, 3860, 7623, 7702). */
export function intrinsicGas(tx: IntrinsicInput, hardfork: Hardfork): IntrinsicGas {
  const zeros = zeroBytes(tx.data);
  const others = tx.data.length - zeros;
  let gas = Gas.transaction + zeros * Gas.zeroByte + others * Gas.nonZeroByte;
  if (tx.to === undefined) {
    gas += Gas.transactionCreate + Gas.initCodeWord * wordCount(tx.data.length);
  }
  for (const { storageKeys } of tx.accessList ?? []) {
    gas += Gas.accessListAddress + Gas.accessListSlot * storageKeys.length;
  }
  gas += Gas.authorization * (tx.authorizationList?.length ?? 0);
  const tokens = zeros + others * Gas.tokensPerNonZeroByte;
  const floor = isActive('prague', hardfork) ? Gas.transaction + Gas.floorToken * tokens : 0;
  return { intrinsic: BigInt(gas), floor: BigInt(floor) };
}
