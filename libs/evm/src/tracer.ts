import type { Address } from '@flotilla/common';
import type { EvmErrorCode } from './errors.js';

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
  readonly depth: number;
  readonly address: Address;
  readonly refund: bigint;
  /** Bottom first. Builds an array: ask only when needed. */
  stack(): bigint[];
  /** A copy of the memory in use. */
  memory(): Uint8Array;
  readonly returnData: Uint8Array;
}

export interface EnterEvent {
  readonly kind: FrameKind;
  readonly depth: number;
  readonly from: Address;
  readonly to: Address;
  readonly input: Uint8Array;
  readonly gas: number;
  readonly value: bigint;
}

export interface ExitEvent {
  readonly depth: number;
  readonly gasUsed: number;
  readonly output: Uint8Array;
  /** Set when the frame reverted or halted. */
  readonly error?: EvmErrorCode | 'REVERT';
}

/** Every hook is optional. Without a tracer no event object is built and no check is made per instruction. */
export interface Tracer {
  onStep?(event: StepEvent): void;
  onEnter?(event: EnterEvent): void;
  onExit?(event: ExitEvent): void;
}
