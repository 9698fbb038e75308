import type { Address } from '@flotilla/common';
import { EvmErrorCode } from '../errors.js';
import type { EvmState } from '../state.js';
import type { EnterEvent, ExitEvent, StepEvent, StopEvent, Tracer } from '../tracer.js';
import type { TraceBudget } from './trace-budget.js';

export interface StructLoggerOptions {
  readonly enableMemory?: boolean;
  readonly disableStack?: boolean;
  readonly disableStorage?: boolean;
  readonly enableReturnData?: boolean;
  /** Steps after the first so many are left out; 0 or undefined: none is. */
  readonly limit?: number;
}

/** One instruction, as it found the machine. */
export interface StructLog {
  readonly pc: number;
  readonly op: string;
  readonly gas: number;
  /** With what it hands to a call, without what it hands to a create: as geth counts. */
  readonly gasCost: number;
  /** From 1. */
  readonly depth: number;
  /** Set when there was no gas or no stack for the instruction. */
  readonly fault: EvmErrorCode | undefined;
  readonly refund: bigint;
  /** Bottom first. */
  readonly stack: readonly bigint[] | undefined;
  readonly memory: Uint8Array | undefined;
  readonly returnData: Uint8Array | undefined;
  /** With SLOAD and SSTORE: the slots of the contract that were met so far. */
  readonly storage: ReadonlyMap<bigint, bigint> | undefined;
}

interface Recorded extends StructLog {
  gasCost: number;
  fault: EvmErrorCode | undefined;
}

/** The step of a frame whose cost isn't known yet. */
interface Pending {
  readonly log: Recorded;
  readonly staticGas: number;
}

const SLOAD = 0x54;
const SSTORE = 0x55;
/** What a step's JSON takes without its arrays. */
const STEP_BYTES = 80;
const QUOTES_AND_PREFIX = 5;
const SLOT_BYTES = 140;
const REPORTED_FAULTS: ReadonlySet<EvmErrorCode> = new Set([
  EvmErrorCode.OutOfGas,
  EvmErrorCode.StackUnderflow,
  EvmErrorCode.StackOverflow,
]);

/** geth's default tracer: every instruction with the gas, stack, memory and storage that it met. */
export class StructLogger implements Tracer {
  readonly logs: StructLog[] = [];
  /** Of the outermost frame. */
  output: Uint8Array = new Uint8Array(0);
  error: ExitEvent['error'];
  readonly #options: StructLoggerOptions;
  readonly #state: EvmState;
  readonly #budget: TraceBudget;
  readonly #limit: number;
  /** By depth. */
  readonly #pending: (Pending | undefined)[] = [];
  readonly #storage = new Map<Address, Map<bigint, bigint>>();

  constructor(
    options: StructLoggerOptions,
    modules: { readonly state: EvmState; readonly budget: TraceBudget },
  ) {
    this.#options = options;
    this.#state = modules.state;
    this.#budget = modules.budget;
    this.#limit = options.limit || Number.POSITIVE_INFINITY;
  }

  onStep(step: StepEvent): void {
    this.#settle(step.depth, step.gas);
    if (this.logs.length >= this.#limit) return;
    const log = this.#record(step);
    this.#budget.spend(weigh(log));
    this.logs.push(log);
    this.#pending[step.depth] = { log, staticGas: step.staticGas };
  }

  onEnter(event: EnterEvent): void {
    if (event.depth === 0) return;
    const isCreate = event.kind === 'CREATE' || event.kind === 'CREATE2';
    this.#settle(event.depth - 1, isCreate ? event.callerGas + event.gas : event.callerGas);
  }

  onStop({ depth, gas, fault }: StopEvent): void {
    const pending = this.#pending[depth];
    if (pending !== undefined && fault !== undefined && gas >= 0) {
      pending.log.gasCost = pending.staticGas;
      this.#pending[depth] = undefined;
    }
    this.#settle(depth, gas);
    if (pending !== undefined && fault !== undefined && REPORTED_FAULTS.has(fault)) {
      pending.log.fault = fault;
    }
  }

  onExit({ depth, output, error }: ExitEvent): void {
    if (depth !== 0) return;
    this.output = output;
    this.error = error;
  }

  #settle(depth: number, gasAfter: number): void {
    const pending = this.#pending[depth];
    if (pending === undefined) return;
    pending.log.gasCost = pending.log.gas - gasAfter;
    this.#pending[depth] = undefined;
  }

  #record(step: StepEvent): Recorded {
    const { enableMemory, disableStack, disableStorage, enableReturnData } = this.#options;
    const isStorage = step.opcode === SLOAD || step.opcode === SSTORE;
    return {
      pc: step.pc,
      op: step.opcodeName,
      gas: step.gas,
      gasCost: 0,
      depth: step.depth + 1,
      fault: undefined,
      refund: step.refund,
      stack: disableStack ? undefined : step.stack(),
      memory: enableMemory ? step.memory() : undefined,
      returnData: enableReturnData ? step.returnData : undefined,
      storage: isStorage && !disableStorage ? this.#slots(step) : undefined,
    };
  }

  /** Undefined when the stack is too low for the instruction. */
  #slots(step: StepEvent): ReadonlyMap<bigint, bigint> | undefined {
    const stack = step.stack();
    const isStore = step.opcode === SSTORE;
    if (stack.length < (isStore ? 2 : 1)) return undefined;
    const slot = stack[stack.length - 1];
    let slots = this.#storage.get(step.address);
    if (slots === undefined) {
      slots = new Map();
      this.#storage.set(step.address, slots);
    }
    const value = isStore ? stack[stack.length - 2] : this.#state.getStorage(step.address, slot);
    return new Map(slots.set(slot, value));
  }
}

/** About the bytes of its JSON. */
function weigh(log: StructLog): number {
  let bytes = STEP_BYTES + log.op.length;
  for (const word of log.stack ?? []) bytes += QUOTES_AND_PREFIX + hexDigits(word);
  if (log.memory !== undefined) bytes += (log.memory.length / 32) * (64 + QUOTES_AND_PREFIX);
  if (log.returnData !== undefined) bytes += 2 * log.returnData.length;
  if (log.storage !== undefined) bytes += log.storage.size * SLOT_BYTES;
  return bytes;
}

function hexDigits(word: bigint): number {
  if (word <= 0xffn) return 2;
  return word <= 0xffff_ffffn ? 8 : 64;
}
