import { haltMessage, type Trace } from '@flotilla/chain';
import { bigIntToHex, bytesToHex } from '@flotilla/common';
import { quantity } from '../quantity.js';

type StructTrace = Extract<Trace, { tracer: 'structLogger' }>;
type StructLog = StructTrace['logs'][number];

const WORD_DIGITS = 64;

/** Plain numbers where others have quantities: so it is in geth and in the specification. */
export function formatStructTrace(trace: StructTrace): Record<string, unknown> {
  return {
    gas: Number(trace.gasUsed),
    failed: trace.failed,
    returnValue: bytesToHex(trace.output),
    structLogs: trace.logs.map(formatStructLog),
  };
}

function formatStructLog(log: StructLog): Record<string, unknown> {
  const { fault, refund, stack, memory, returnData, storage } = log;
  return {
    pc: log.pc,
    op: log.op,
    gas: log.gas,
    gasCost: log.gasCost,
    depth: log.depth,
    ...(fault === undefined ? {} : { error: haltMessage(fault) }),
    ...(refund === 0n ? {} : { refund: Number(refund) }),
    ...(stack === undefined ? {} : { stack: stack.map(quantity) }),
    ...(returnData === undefined || returnData.length === 0
      ? {}
      : { returnData: bytesToHex(returnData) }),
    ...(memory === undefined ? {} : { memory: words(memory) }),
    ...(storage === undefined ? {} : { storage: formatStorage(storage) }),
  };
}

function words(memory: Uint8Array): string[] {
  const digits = bytesToHex(memory).slice(2);
  const list: string[] = [];
  for (let at = 0; at < digits.length; at += WORD_DIGITS) {
    list.push(`0x${digits.slice(at, at + WORD_DIGITS)}`);
  }
  return list;
}

export function formatStorage(storage: ReadonlyMap<bigint, bigint>): Record<string, string> {
  return Object.fromEntries(
    [...storage].map(([slot, value]) => [bigIntToHex(slot, 32), bigIntToHex(value, 32)]),
  );
}
