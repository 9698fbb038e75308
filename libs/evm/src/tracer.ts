import type { Address } from '@flotilla/common';
import type { EvmErrorCode } from './errors.js';
import type { Log } from './state.js';

/** How a frame was entered; `SELFDESTRUCT` is reported as a frame that ends at once. */
export type FrameKind =
  | 'CALL'
  | 'CALLCODE'
  | 'DELEGATECALL'
  | 'STATICCALL'
  | 'CREATE'
  | 'CREATE2'
  | 'SELFDESTRUCT';

/** The state of the machine before an instruction; valid during the callback only. */
export interface StepEvent {
  readonly pc: number;
  readonly opcode: number;
  readonly opcodeName: string;
  /** Before the instruction. */
  readonly gas: number;
  /** What the instruction costs at least. */
  readonly staticGas: number;
  readonly depth: number;
  readonly address: Address;
  readonly refund: bigint;
  /** Bottom first. Builds an array: ask only when needed. */
  stack(): bigint[];
  /** A copy of the memory in use. */
  memory(): Uint8Array;
  readonly returnData: Uint8Array;
}

/** The end of a frame's code, before its outcome is settled: what the last instruction left. */
export interface StopEvent {
  readonly depth: number;
  /** Negative by what was missing when the gas ran out. */
  readonly gas: number;
  readonly fault: EvmErrorCode | undefined;
}

/** Also of calls that are refused at once, for want of funds or depth: their exit follows. */
export interface EnterEvent {
  readonly kind: FrameKind;
  readonly depth: number;
  /** Who calls: of a DELEGATECALL the delegating contract itself. */
  readonly from: Address;
  readonly to: Address;
  readonly input: Uint8Array;
  readonly gas: number;
  /** What the caller has left while this runs; 0 for a transaction's own frame. */
  readonly callerGas: number;
  readonly value: bigint;
}

export interface ExitEvent {
  readonly depth: number;
  readonly gasUsed: number;
  readonly output: Uint8Array;
  /** Set when the frame reverted or halted. */
  readonly error?: EvmErrorCode | 'REVERT';
  /** The name of the instruction that was invalid, with that error. */
  readonly invalidOpcode?: string;
}

/** Every hook is optional. Without a tracer no event object is built and no check is made per instruction. */
export interface Tracer {
  onStep?(event: StepEvent): void;
  /** After the last step of a frame; only with `onStep`. */
  onStop?(event: StopEvent): void;
  onEnter?(event: EnterEvent): void;
  onExit?(event: ExitEvent): void;
  /** Also logs of frames that fail later. */
  onLog?(log: Log): void;
}
