import { type Address, EMPTY_BYTES, ZERO_ADDRESS } from '@flotilla/common';
import type { EvmErrorCode } from './errors.js';
import { Limit } from './gas.js';
import { Memory } from './memory.js';
import type { Program } from './program.js';
import type { FrameKind } from './tracer.js';
import type { ExecutionStatus } from './types.js';
import type { Word } from './word.js';

function newStack(): Word[] {
  // Pushed bigints give the array V8's most general packed representation from the start, for every frame alike.
  const stack: Word[] = [];
  for (let i = 0; i < Limit.stack; i++) stack.push(0n);
  return stack;
}

/**
 * One call or create: its registers, stack and memory. Frames are pooled by depth and used again; `Machine` fills the
 * message fields before it enters one.
 */
export class Frame {
  // The message.
  kind: FrameKind = 'CALL';
  isStatic = false;
  /** Whose storage and balance the code works on. */
  address: Address = ZERO_ADDRESS;
  addressWord: Word = 0;
  caller: Address = ZERO_ADDRESS;
  callerWord: Word = 0;
  /** Whose code runs; the address itself except for CALLCODE and DELEGATECALL. */
  codeAddress: Address = ZERO_ADDRESS;
  /** What CALLVALUE shows; moved only by calls that move value. */
  value: Word = 0;
  input: Uint8Array = EMPTY_BYTES;
  /** The gas that the frame was given, up to what a number holds. */
  gasLimit = 0;
  /** Where the parent wants the output. */
  returnOffset = 0;
  returnLength = 0;

  // Registers, up to date while another frame or a handler runs.
  program!: Program;
  ip = 0;
  sp = 0;
  gas = 0;
  /** What it has beyond that; see allotment.ts. */
  reserve: bigint | undefined = undefined;
  returnData: Uint8Array = EMPTY_BYTES;
  readonly stack: Word[] = newStack();
  readonly memory = new Memory();
  /** The state before the frame. */
  snapshot = 0;

  // The outcome.
  status: ExecutionStatus = 'success';
  output: Uint8Array = EMPTY_BYTES;
  haltReason: EvmErrorCode | undefined = undefined;
  /** The gas that was missing when it ran out. */
  lacking = 0;

  private view: DataView | undefined = undefined;

  constructor(readonly depth: number) {}

  isCreate(): boolean {
    return this.kind === 'CREATE' || this.kind === 'CREATE2';
  }

  /** Ready to run `program` from its start. */
  start(program: Program): void {
    this.program = program;
    this.ip = 0;
    this.sp = 0;
    this.returnData = EMPTY_BYTES;
    this.view = undefined;
    // Clean already, unless an interrupt threw.
    this.memory.reset();
  }

  /** Forgets the frame before; the message and the gas are set already. */
  begin(): void {
    this.gasLimit = this.gas;
    this.status = 'success';
    this.output = EMPTY_BYTES;
    this.haltReason = undefined;
    this.lacking = 0;
  }

  /** A view on the input, made on first use. */
  inputView(): DataView {
    let view = this.view;
    if (view === undefined) {
      const { buffer, byteOffset, byteLength } = this.input;
      view = new DataView(buffer, byteOffset, byteLength);
      this.view = view;
    }
    return view;
  }

  succeed(output: Uint8Array): void {
    this.status = 'success';
    this.output = output;
  }

  revert(output: Uint8Array): void {
    this.status = 'revert';
    this.output = output;
  }

  /** An exceptional halt: the gas is gone and there is no output. */
  halt(reason: EvmErrorCode): void {
    this.status = 'halt';
    this.haltReason = reason;
    this.output = EMPTY_BYTES;
    this.lacking = this.gas < 0 ? -this.gas : 0;
    this.gas = 0;
    this.reserve = undefined;
  }
}

/** Frames by depth, made on first use. */
export class FramePool {
  private readonly frames: Frame[] = [];

  at(depth: number): Frame {
    for (let next = this.frames.length; next <= depth; next++) this.frames.push(new Frame(next));
    return this.frames[depth];
  }
}
