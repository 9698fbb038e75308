import { visibleGas } from '../allotment.js';
import { EvmErrorCode } from '../errors.js';
import type { Frame } from '../frame.js';
import type { Machine } from '../machine.js';
import type { OpcodeInfo } from '../opcodes.js';
import { halt, outOfGas } from '../ops/halt.js';
import { HANDLERS } from '../ops/handlers.js';
import { Internal, type Program } from '../program.js';
import { Signal } from '../signal.js';
import { loadWord, storeWord } from '../word-bytes.js';
import { WORD_FUNCTIONS } from './pure-operations.js';
import { TraceWriter } from './trace.js';

/** About as much as V8 still optimises as one function. */
const MOST_INSTRUCTIONS = 400;
const MOST_TRACES = 100;
const LONGEST_TRACE = 300;

/** Some traces of a program as one JavaScript function. @param label where to start */
export type Region = (vm: Machine, frame: Frame, label: number) => Signal;

export interface RegionRequest {
  readonly program: Program;
  readonly table: readonly (OpcodeInfo | undefined)[];
  /** By block: the index of its header. */
  readonly starts: readonly number[];
  /** By instruction: the region and label that start there; filled in for this region's. */
  readonly entries: Int32Array;
  readonly region: number;
  /** Blocks that ran less often are left out. */
  readonly warm: number;
}

export interface TranslatedRegion {
  readonly run: Region;
  /** In instructions. */
  readonly size: number;
}

export const NO_ENTRY = -1;

/** Translates what is worth it of the blocks that `head` leads to. Undefined when `head` itself is too long. */
export function translateRegion(
  request: RegionRequest,
  head: number,
): TranslatedRegion | undefined {
  const { program, table, starts, entries, region, warm } = request;
  const heads: number[] = [];
  let size = 0;
  const lengthOf = (block: number) => (starts[block + 1] ?? program.ops.length) - starts[block];
  const heatOf = (block: number) => {
    const runs = program.heat[block] / program.heatStep[block];
    return runs >= warm && lengthOf(block) <= LONGEST_TRACE ? runs + 1 : 0;
  };
  const labelOf = (block: number) => {
    const entry = entries[starts[block]];
    if (entry !== NO_ENTRY) return entry >>> 16 === region ? entry & 0xffff : undefined;
    if (heads.length === MOST_TRACES || size > MOST_INSTRUCTIONS) return undefined;
    if (heatOf(block) === 0) return undefined;
    entries[starts[block]] = (region << 16) | heads.length;
    return heads.push(block) - 1;
  };
  const room = () => Math.min(LONGEST_TRACE, MOST_INSTRUCTIONS - size);
  if (labelOf(head) === undefined) return undefined;
  const cases: string[] = [];
  const context = { program, table, starts, region, room, heatOf, labelOf };
  for (let label = 0; label < heads.length; label++) {
    const writer = new TraceWriter(context, heads[label]);
    cases.push(`case ${label}: {\n${writer.write()}\n}`);
    size += writer.size;
  }
  return { run: assemble(cases, request), size };
}

function assemble(cases: readonly string[], { program, entries }: RegionRequest): Region {
  const body = `
    return function translated(vm, frame, label) {
      const { stack, memory } = frame;
      let { sp, gas } = frame;
      for (;;) {
        if (--vm.ticks === 0) vm.checkInterrupt();
        switch (label) {
          ${cases.join('\n')}
        }
      }
    };`;
  const names = { ...SHARED_NAMES, entries, targets: program.targets };
  return new Function(...Object.keys(names), body)(...Object.values(names));
}

/** What translated code refers to. */
const SHARED_NAMES = {
  ...WORD_FUNCTIONS,
  handlers: HANDLERS,
  loadWord,
  storeWord,
  outOfGas,
  visibleGas,
  invalidJump: (frame: Frame) => halt(frame, EvmErrorCode.InvalidJump),
  NEXT: Signal.next,
  INTERPRET: Signal.interpret,
};

/** By block: the index of its header. */
export function blockStarts({ ops }: Program): number[] {
  const starts: number[] = [];
  for (let at = 0; at < ops.length; at++) if (ops[at] === Internal.block) starts.push(at);
  return starts;
}
