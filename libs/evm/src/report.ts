import { EMPTY_BYTES } from '@flotilla/common';
import { EvmErrorCode } from './errors.js';
import type { Frame, FramePool } from './frame.js';
import { Internal } from './program.js';
import type { EvmState } from './state.js';
import type { ExitEvent, Tracer } from './tracer.js';
import { toBig } from './word.js';

// What the machine tells a tracer. Nothing here runs without one.

/** What of the machine that takes. */
interface Watched {
  readonly context: { readonly tracer: Tracer | undefined };
  readonly state: Pick<EvmState, 'getRefund'>;
  readonly frames: FramePool;
  opcodeName(opcode: number): string;
  staticGas(opcode: number): number;
}

/** The instruction that the frame is about to run. */
export function reportStep(vm: Watched, frame: Frame): void {
  const { code, args } = frame.program;
  const pc = args[frame.ip - 1] as number;
  const opcode = pc < code.length ? code[pc] : 0;
  vm.context.tracer?.onStep?.({
    pc,
    opcode,
    opcodeName: vm.opcodeName(opcode),
    gas: frame.gas,
    staticGas: vm.staticGas(opcode),
    depth: frame.depth,
    address: frame.address,
    refund: vm.state.getRefund(),
    stack: () => frame.stack.slice(0, frame.sp).map(toBig),
    memory: () => frame.memory.slice(0, frame.memory.size),
    returnData: frame.returnData,
  });
}

/** What the frame's last instruction left; before deployed code is paid for. */
export function reportStop(vm: Watched, frame: Frame): void {
  vm.context.tracer?.onStop?.({
    depth: frame.depth,
    gas: frame.lacking > 0 ? -frame.lacking : frame.gas,
    fault: frame.haltReason,
  });
}

export function reportEnter(vm: Watched, frame: Frame): void {
  enter(vm, frame, frame.depth === 0 ? 0 : vm.frames.at(frame.depth - 1).gas);
}

function enter(vm: Watched, frame: Frame, callerGas: number): void {
  vm.context.tracer?.onEnter?.({
    kind: frame.kind,
    depth: frame.depth,
    from: frame.kind === 'DELEGATECALL' ? frame.address : frame.caller,
    to: frame.kind === 'CALL' || frame.isCreate() ? frame.address : frame.codeAddress,
    input: frame.input,
    gas: frame.gas,
    callerGas,
    value: toBig(frame.value),
  });
}

export function reportExit(vm: Watched, frame: Frame): void {
  const { status, haltReason } = frame;
  const event: ExitEvent = {
    depth: frame.depth,
    gasUsed: frame.gasLimit - frame.gas,
    output: frame.output,
    error: status === 'revert' ? 'REVERT' : haltReason,
  };
  const isInvalid = haltReason === EvmErrorCode.InvalidOpcode;
  const name = isInvalid ? vm.opcodeName(failedOpcode(frame)) : undefined;
  vm.context.tracer?.onExit?.(name === undefined ? event : { ...event, invalidOpcode: name });
}

/** A call that can't even begin: its caller goes on with all of the gas. */
export function reportRefusal(vm: Watched, caller: Frame, child: Frame, error: EvmErrorCode): void {
  if (vm.context.tracer === undefined) return;
  enter(vm, child, caller.gas);
  vm.context.tracer.onExit?.({ depth: child.depth, gasUsed: 0, output: EMPTY_BYTES, error });
}

function failedOpcode(frame: Frame): number {
  const at = frame.ip - 1;
  const op = frame.program.ops[at];
  return op === Internal.undefinedOpcode ? (frame.program.args[at] as number) : op;
}
