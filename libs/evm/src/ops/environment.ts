import { EvmErrorCode } from '../errors.js';
import type { Frame } from '../frame.js';
import { Gas, wordCount } from '../gas.js';
import type { Machine } from '../machine.js';
import { Signal } from '../signal.js';
import { toWord, type Word } from '../word.js';
import { loadWord, loadWordPadded, wordToNumber } from '../word-bytes.js';
import { charge, expand, halt, outOfGas } from './halt.js';
import type { Handler, HandlerFamily } from './handler.js';

function push(value: (vm: Machine, frame: Frame) => Word): Handler {
  return (vm, frame) => {
    frame.stack[frame.sp++] = value(vm, frame);
    return Signal.next;
  };
}

/** CALLDATACOPY and CODECOPY: (memory offset, source offset, length). */
function copy(source: (frame: Frame) => Uint8Array): Handler {
  return (_vm, frame) => {
    const { stack } = frame;
    frame.sp -= 3;
    const to = stack[frame.sp + 2];
    const length = stack[frame.sp];
    if (length === 0) return Signal.next;
    if (!expand(frame, to, length)) return outOfGas(frame);
    const size = length as number;
    if (!charge(frame, Gas.copyWord * wordCount(size))) return outOfGas(frame);
    frame.memory.copyIn(to as number, source(frame), wordToNumber(stack[frame.sp + 1]), size);
    return Signal.next;
  };
}

const callDataLoad: Handler = (_vm, frame) => {
  const { stack, input } = frame;
  const top = frame.sp - 1;
  const at = stack[top];
  if (typeof at !== 'number' || at >= input.length) stack[top] = 0;
  else if (at + 32 <= input.length) stack[top] = loadWord(frame.inputView(), at);
  else stack[top] = loadWordPadded(input, at, 32);
  return Signal.next;
};

const returnDataCopy: Handler = (_vm, frame) => {
  const { stack, returnData } = frame;
  frame.sp -= 3;
  const to = stack[frame.sp + 2];
  const from = stack[frame.sp + 1];
  const length = stack[frame.sp];
  if (wordToNumber(from) + wordToNumber(length) > returnData.length) {
    return halt(frame, EvmErrorCode.ReturnDataOutOfBounds);
  }
  if (length === 0) return Signal.next;
  if (!expand(frame, to, length)) return outOfGas(frame);
  const size = length as number;
  if (!charge(frame, Gas.copyWord * wordCount(size))) return outOfGas(frame);
  frame.memory.copyIn(to as number, returnData, from as number, size);
  return Signal.next;
};

const balance: Handler = (vm, frame) => {
  const top = frame.sp - 1;
  const word = frame.stack[top];
  const address = vm.addressOf(word);
  if (!charge(frame, vm.accessCost(word, address))) return outOfGas(frame);
  frame.stack[top] = toWord(vm.state.getBalance(address));
  return Signal.next;
};

/** What a program can ask about its call and its transaction. */
export const ENVIRONMENT: HandlerFamily = [
  [0x30, push((_vm, frame) => frame.addressWord)],
  [0x31, balance],
  [0x32, push((vm) => vm.origin)],
  [0x33, push((_vm, frame) => frame.callerWord)],
  [0x34, push((_vm, frame) => frame.value)],
  [0x35, callDataLoad],
  [0x36, push((_vm, frame) => frame.input.length)],
  [0x37, copy((frame) => frame.input)],
  [0x38, push((_vm, frame) => frame.program.code.length)],
  [0x39, copy((frame) => frame.program.code)],
  [0x3a, push((vm) => toWord(vm.context.gasPrice))],
  [0x3d, push((_vm, frame) => frame.returnData.length)],
  [0x3e, returnDataCopy],
  [0x47, push((vm, frame) => toWord(vm.state.getBalance(frame.address)))],
];
