import { haltMessage, revertReason, type Trace } from '@flotilla/chain';
import { bytesToHex } from '@flotilla/common';
import { quantity } from '../quantity.js';

type CallTrace = Extract<Trace, { tracer: 'callTracer' }>;
type CallFrame = CallTrace['root'];

/** Its gas is the transaction's, intrinsic gas and refund included. */
export function formatCallTrace(trace: CallTrace): Record<string, unknown> {
  const numbering = { next: trace.firstLogIndex };
  return {
    ...formatFrame(trace.root, numbering),
    gas: quantity(trace.gasLimit),
    gasUsed: quantity(trace.gasUsed),
  };
}

/** Fields that are empty are left out, as geth does. */
function formatFrame(frame: CallFrame, numbering: { next: number }): Record<string, unknown> {
  const isCreate = frame.kind === 'CREATE' || frame.kind === 'CREATE2';
  const calls: Record<string, unknown>[] = [];
  const logs: Record<string, unknown>[] = [];
  const children = frame.calls.entries();
  let child = children.next();
  for (const log of frame.logs) {
    for (; !child.done && child.value[0] < log.position; child = children.next()) {
      calls.push(formatFrame(child.value[1], numbering));
    }
    logs.push({
      address: log.address,
      topics: log.topics,
      data: bytesToHex(log.data),
      index: quantity(numbering.next++),
      position: quantity(log.position),
    });
  }
  for (; !child.done; child = children.next()) calls.push(formatFrame(child.value[1], numbering));
  return {
    type: frame.kind,
    from: frame.from,
    ...(isCreate && frame.error !== undefined ? {} : { to: frame.to }),
    ...(frame.kind === 'STATICCALL' ? {} : { value: quantity(frame.value) }),
    gas: quantity(frame.gas),
    gasUsed: quantity(frame.gasUsed),
    input: bytesToHex(frame.input),
    ...(frame.output.length === 0 ? {} : { output: bytesToHex(frame.output) }),
    ...(frame.error === undefined ? {} : { error: errorText(frame) }),
    ...(frame.error === 'REVERT' ? reasonOf(frame.output) : {}),
    ...(calls.length === 0 ? {} : { calls }),
    ...(logs.length === 0 ? {} : { logs }),
  };
}

function errorText({ error, invalidOpcode }: CallFrame): string {
  if (error === 'REVERT') return 'execution reverted';
  if (invalidOpcode !== undefined) return `invalid opcode: ${invalidOpcode}`;
  return haltMessage(error);
}

function reasonOf(output: Uint8Array): { revertReason?: string } {
  const revertText = revertReason(output);
  return revertText === undefined ? {} : { revertReason: revertText };
}
