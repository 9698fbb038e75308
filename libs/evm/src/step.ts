import type { Frame } from './frame.js';
import type { Machine } from './machine.js';
import { toBig } from './word.js';

/** Reports the instruction that the frame is about to run. */
export function reportStep(vm: Machine, frame: Frame): void {
  const { code, args } = frame.program;
  const pc = args[frame.ip - 1] as number;
  const opcode = pc < code.length ? code[pc] : 0;
  vm.context.tracer?.onStep?.({
    pc,
    opcode,
    opcodeName: vm.opcodeName(opcode),
    gas: frame.gas,
    depth: frame.depth,
    address: frame.address,
    refund: vm.state.getRefund(),
    stack: () => frame.stack.slice(0, frame.sp).map(toBig),
    memory: () => frame.memory.slice(0, frame.memory.size),
    returnData: frame.returnData,
  });
}
