import { type Address, bytesToHex } from '@flotilla/common';
import type { OpcodeInfo } from './opcodes.js';
import type { Word } from './word.js';
import { loadWordPadded } from './word-bytes.js';

/**
 * Instruction codes that exist in programs only, in the numbers that the EVM leaves unused. The interpreter's switch
 * repeats them as literals, because V8 builds jump tables from literals alone.
 */
export const Internal = {
  /** Opens a basic block: charges its static gas and checks the stack once for all of it. */
  block: 0x21,
  /** PUSH0–PUSH32; the argument is the value. */
  push: 0x22,
  /** A push and a JUMP whose target is known; the argument is the target's index. */
  jumpTo: 0x23,
  /** A push and a JUMPI whose target is known. */
  jumpToIf: 0x24,
  /** Calls the tracer's `onStep`; the argument is the pc. */
  step: 0x25,
  /** An undefined instruction. */
  undefinedOpcode: 0x26,
} as const;

/**
 * Code made ready to run. Instructions are numbered; `ops[i]` and `args[i]` belong together. Immutable,
 * but for what the translator keeps with it.
 *
 * Static gas and stack limits are checked per basic block. A block ends after each instruction that jumps, halts or
 * can observe the gas that is left, so what a program sees is exactly as if they were checked one by one.
 */
export interface Program {
  readonly code: Uint8Array;
  readonly ops: Uint8Array;
  readonly args: readonly Word[];
  /** By pc: the index of the JUMPDEST there, or 0 (never a JUMPDEST's index). */
  readonly targets: Uint32Array;
  readonly blockGas: Int32Array;
  /** The height of the stack that the block needs at its start. */
  readonly blockNeeds: Int16Array;
  /** The most that the block adds to the stack's height. */
  readonly blockGrows: Int16Array;
  /** EIP-7702: set when the code is a delegation designator. */
  readonly delegate: Address | undefined;
  /** By block: what the interpreter's runs add up to, until the translator's threshold. */
  readonly heat: Uint16Array;
  /** By block: what a run adds. Where programs, loops and what follows a call start, traces should too. */
  readonly heatStep: Uint8Array;
  /** The translator's own; nobody else looks inside. */
  translation: object | undefined;
}

const STOP = 0x00;
const JUMP = 0x56;
const JUMPI = 0x57;
const PC = 0x58;
const JUMPDEST = 0x5b;
const PUSH0 = 0x5f;
const PUSH32 = 0x7f;
const DELEGATION_LENGTH = 23;

// RETURN, CREATE, CALL … end a block because they halt, start a child or look at the gas; SSTORE has its stipend check.
const BLOCK_ENDS = new Set([
  0x00, 0x55, 0x56, 0x57, 0x5a, 0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xfa, 0xfd, 0xfe, 0xff,
]);

/** CREATE, CALL, …: another frame may run before the next instruction. */
export const CHILDREN = new Set([0xf0, 0xf1, 0xf2, 0xf4, 0xf5, 0xfa]);

/** What a run adds to the heat of a block that a trace should start with; 1 for others. */
export const HEAD_HEAT = 8;

export function isDelegation(code: Uint8Array): boolean {
  return (
    code.length === DELEGATION_LENGTH && code[0] === 0xef && code[1] === 0x01 && code[2] === 0x00
  );
}

/** Decodes code in one pass. With `stepping`, every instruction is a block of its own that reports to the tracer. */
export function compile(
  code: Uint8Array,
  table: readonly (OpcodeInfo | undefined)[],
  stepping = false,
): Program {
  return new Compiler(code, table, stepping).compile();
}

class Compiler {
  private readonly ops: number[] = [];
  // A bigint among the elements keeps V8 from giving arrays of small numbers a representation of their own.
  private readonly args: Word[] = [0n];
  private readonly targets: Uint32Array;
  private readonly gas: number[] = [];
  private readonly needs: number[] = [];
  private readonly grows: number[] = [];
  /** Indexes of fused jumps, whose argument is a pc until all targets are known. */
  private readonly fused: number[] = [];
  /** The blocks that follow a call or create. */
  private readonly resumptions: number[] = [];
  private blockOpen = false;
  private height = 0;

  constructor(
    private readonly code: Uint8Array,
    private readonly table: readonly (OpcodeInfo | undefined)[],
    private readonly stepping: boolean,
  ) {
    this.targets = new Uint32Array(code.length);
  }

  compile(): Program {
    const { code } = this;
    for (let pc = 0; pc < code.length; ) pc = this.instruction(pc);
    this.open(code.length);
    this.emit(STOP, 0);
    this.resolve();
    return {
      code,
      ops: Uint8Array.from(this.ops),
      args: this.args,
      targets: this.targets,
      blockGas: Int32Array.from(this.gas),
      blockNeeds: Int16Array.from(this.needs),
      blockGrows: Int16Array.from(this.grows),
      delegate: isDelegation(code) ? bytesToHex(code.subarray(3)) : undefined,
      heat: new Uint16Array(this.gas.length),
      heatStep: this.heatSteps(),
      translation: undefined,
    };
  }

  /** Returns the pc of the next instruction. */
  private instruction(pc: number): number {
    const opcode = this.code[pc];
    const info = this.table[opcode];
    if (opcode === JUMPDEST) {
      // Index 0 means "no target", so no JUMPDEST may have it.
      if (this.ops.length === 0) this.header();
      this.blockOpen = false;
      this.targets[pc] = this.ops.length;
    }
    this.open(pc);
    if (info === undefined) {
      this.emit(Internal.undefinedOpcode, opcode);
      this.blockOpen = false;
      return pc + 1;
    }
    this.account(info);
    if (opcode >= PUSH0 && opcode <= PUSH32) return this.push(pc, opcode - PUSH0);
    if (opcode === JUMP || opcode === JUMPI) this.jump(opcode);
    else if (opcode === PC) this.emit(Internal.push, pc);
    else if (opcode !== JUMPDEST) this.emit(opcode, 0);
    if (CHILDREN.has(opcode)) this.resumptions.push(this.gas.length);
    if (BLOCK_ENDS.has(opcode) || this.stepping) this.blockOpen = false;
    return pc + 1;
  }

  private push(pc: number, length: number): number {
    // Data past the end of the code reads as zeros.
    this.emit(Internal.push, length === 0 ? 0 : loadWordPadded(this.code, pc + 1, length));
    if (this.stepping) this.blockOpen = false;
    return pc + 1 + length;
  }

  /** Joins the jump with the push before it, if that is in the same block. */
  private jump(opcode: number): void {
    const last = this.ops.length - 1;
    if (!this.stepping && this.ops[last] === Internal.push) {
      this.ops[last] = opcode === JUMP ? Internal.jumpTo : Internal.jumpToIf;
      this.fused.push(last);
    } else {
      this.emit(opcode, 0);
    }
  }

  private resolve(): void {
    for (const index of this.fused) {
      const pc = this.args[index];
      this.args[index] = typeof pc === 'number' && pc < this.code.length ? this.targets[pc] : 0;
    }
  }

  private heatSteps(): Uint8Array {
    const steps = new Uint8Array(this.gas.length).fill(1);
    steps[0] = HEAD_HEAT;
    for (const index of this.fused) {
      const target = this.args[index] as number;
      if (target <= index) steps[this.args[target] as number] = HEAD_HEAT;
    }
    for (const block of this.resumptions) steps[block] = HEAD_HEAT;
    return steps;
  }

  private open(pc: number): void {
    if (this.blockOpen) return;
    this.blockOpen = true;
    this.height = 0;
    if (this.stepping) this.emit(Internal.step, pc);
    this.header();
  }

  private header(): void {
    this.emit(Internal.block, this.gas.length);
    this.gas.push(0);
    this.needs.push(0);
    this.grows.push(0);
  }

  private account(info: OpcodeInfo): void {
    const block = this.gas.length - 1;
    this.gas[block] += info.gas;
    this.needs[block] = Math.max(this.needs[block], info.pops - this.height);
    this.height += info.pushes - info.pops;
    this.grows[block] = Math.max(this.grows[block], this.height);
  }

  private emit(op: number, arg: Word): void {
    this.args[this.ops.length] = arg;
    this.ops.push(op);
  }
}
