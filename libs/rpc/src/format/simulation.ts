import type { SimulatedBlock, SimulatedCall } from '@flotilla/chain';
import { bytesToHex } from '@flotilla/common';
import { formatBlock } from './block.js';
import { quantity } from './quantity.js';
import { formatLog } from './receipt.js';

const REVERTED = 3;
const HALTED = -32015;

export function formatSimulatedBlock(
  { block, calls }: SimulatedBlock,
  full: boolean,
): Record<string, unknown> {
  return { ...formatBlock(block, { full, pending: false }), calls: calls.map(formatCall) };
}

function formatCall(call: SimulatedCall): Record<string, unknown> {
  return {
    status: quantity(call.status),
    returnData: bytesToHex(call.output),
    gasUsed: quantity(call.gasUsed),
    maxUsedGas: quantity(call.maxUsedGas),
    logs: call.logs.map(formatLog),
    ...(call.failure === undefined ? {} : { error: formatFailure(call.failure, call.output) }),
  };
}

function formatFailure(
  { isRevert, message }: NonNullable<SimulatedCall['failure']>,
  output: Uint8Array,
): Record<string, unknown> {
  if (isRevert) return { code: REVERTED, message, data: bytesToHex(output) };
  return { code: HALTED, message: `vm execution error: ${message}` };
}
