import type { Frame } from '../frame.js';
import type { CodeTranslator, Machine } from '../machine.js';
import { type OpcodeInfo, opcodeTable } from '../opcodes.js';
import { HEAD_HEAT, Internal, type Program } from '../program.js';
import { Signal } from '../signal.js';
import type { Hardfork } from '../types.js';
import { blockStarts, NO_ENTRY, type Region, translateRegion } from './region.js';

/** Instructions in translated form that are kept; about 500 bytes of heap each. */
const MOST_INSTRUCTIONS = 20_000;
/** What ran this many times less often than the block that is hot is left to the interpreter. */
const WARM_DIVISOR = 8;
const MOST_REGIONS = 1_000;

/** What is translated of a program. */
interface Translation {
  readonly starts: readonly number[];
  readonly regions: Region[];
  readonly entries: Int32Array;
}

/**
 * Turns blocks that run often into JavaScript, which V8 makes machine code of, and runs them. What comes out is the
 * same as in the interpreter, gas included: everything that isn't arithmetic on the stack or a paid memory access is
 * done by the same handlers. All is forgotten when there is too much of it.
 */
export class Translator implements CodeTranslator {
  private readonly programs = new Set<Program>();
  private size = 0;

  readonly threshold: number;
  private readonly table: readonly (OpcodeInfo | undefined)[];

  /** @param after how often the start of a program or loop is interpreted before it is translated */
  constructor(
    hardfork: Hardfork,
    private readonly after: number,
  ) {
    this.table = opcodeTable(hardfork);
    this.threshold = after * HEAD_HEAT;
  }

  run(vm: Machine, frame: Frame): Signal {
    const { program } = frame;
    for (;;) {
      const { regions, entries } = this.translationOf(program);
      const entry = entries[frame.ip];
      if (entry === NO_ENTRY) {
        if (!this.translate(program, frame.ip)) return Signal.interpret;
        continue;
      }
      const signal = regions[entry >>> 16](vm, frame, entry & 0xffff);
      if (signal !== Signal.next) return signal;
    }
  }

  private translationOf(program: Program): Translation {
    program.translation ??= {
      starts: blockStarts(program),
      regions: [],
      entries: new Int32Array(program.ops.length).fill(NO_ENTRY),
    } satisfies Translation;
    return program.translation as Translation;
  }

  /** False when the block is not hot, or not to be translated, and counts from zero again. */
  private translate(program: Program, index: number): boolean {
    const block = program.args[index] as number;
    if (program.heat[block] < this.threshold) return false;
    const translation = this.translationOf(program);
    const { starts, regions, entries } = translation;
    const translated =
      regions.length < MOST_REGIONS && program.ops[0] !== Internal.step
        ? translateRegion(
            {
              program,
              table: this.table,
              starts,
              entries,
              region: regions.length,
              warm: this.after / WARM_DIVISOR,
            },
            block,
          )
        : undefined;
    if (translated === undefined) {
      program.heat[block] = 0;
      return false;
    }
    regions.push(translated.run);
    this.programs.add(program);
    this.size += translated.size;
    if (this.size > MOST_INSTRUCTIONS) this.forget();
    return true;
  }

  private forget(): void {
    for (const program of this.programs) {
      program.translation = undefined;
      program.heat.fill(0);
    }
    this.programs.clear();
    this.size = 0;
  }
}
