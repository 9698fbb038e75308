import type { Header } from '../block/types.js';
import type { FeeConfig } from '../config.js';
import type { SettingsSchedule } from '../settings/settings-schedule.js';

const ELASTICITY = 2n;
const MAX_CHANGE_DENOMINATOR = 8n;
export const GWEI = 1_000_000_000n;

/** Below this the EIP-1559 rule can't lower the base fee any more: a cheaper transaction would wait for ever. */
export const LOWEST_DYNAMIC_BASE_FEE = 7n;

interface Parent {
  readonly gasUsed: bigint;
  readonly gasLimit: bigint;
  readonly baseFeePerGas: bigint;
}

/** EIP-1559, in wei per gas. */
export function dynamicBaseFee(parent: Parent): bigint {
  const target = parent.gasLimit / ELASTICITY;
  const { baseFeePerGas, gasUsed } = parent;
  if (gasUsed === target) return baseFeePerGas;
  const distance = gasUsed > target ? gasUsed - target : target - gasUsed;
  const change = (baseFeePerGas * distance) / target / MAX_CHANGE_DENOMINATOR;
  if (gasUsed > target) return baseFeePerGas + (change > 1n ? change : 1n);
  return baseFeePerGas > change ? baseFeePerGas - change : 0n;
}

/** Of the first block under these fees: genesis, or the one at which they came into force. */
export function firstBaseFee(fees: FeeConfig): bigint {
  if (fees.mode === 'free') return 0n;
  return fees.gasPrice ?? GWEI;
}

/**
 * The base fee that the block after `parent` must have. A block whose fees differ from its parent's starts afresh,
 * also from one first base fee of `eip1559` to another.
 */
export function nextBaseFee(parent: Header, schedule: SettingsSchedule): bigint {
  const { fees } = schedule.at(parent.number + 1).settings;
  if (fees.mode !== 'eip1559') return firstBaseFee(fees);
  const before = schedule.at(parent.number).settings.fees;
  const isContinued = before.mode === fees.mode && before.gasPrice === fees.gasPrice;
  return isContinued ? dynamicBaseFee(parent) : firstBaseFee(fees);
}

/** The least fee cap with which a transaction can ever be mined. */
export function lowestFeeCap(fees: FeeConfig): bigint {
  if (fees.mode === 'free') return 0n;
  return fees.mode === 'fixed' ? firstBaseFee(fees) : LOWEST_DYNAMIC_BASE_FEE;
}
