import { Gas, wordCount } from '../gas.js';
import { Signal } from '../signal.js';
import { hexToWord, wordToNumber } from '../word-bytes.js';
import { charge, expand, outOfGas } from './halt.js';
import type { Handler, HandlerFamily } from './handler.js';

// A delegated account (EIP-7702) shows its 23-byte designator to all three; only calls follow it.

const extCodeSize: Handler = (vm, frame) => {
  const top = frame.sp - 1;
  const word = frame.stack[top];
  const address = vm.addressOf(word);
  if (!charge(frame, vm.accessCost(word, address))) return outOfGas(frame);
  frame.stack[top] = vm.state.getCode(address).length;
  return Signal.next;
};

const extCodeCopy: Handler = (vm, frame) => {
  const { stack } = frame;
  frame.sp -= 4;
  const { sp } = frame;
  const word = stack[sp + 3];
  const to = stack[sp + 2];
  const length = stack[sp];
  const address = vm.addressOf(word);
  if (!charge(frame, vm.accessCost(word, address))) return outOfGas(frame);
  if (length === 0) return Signal.next;
  if (!expand(frame, to, length)) return outOfGas(frame);
  const size = length as number;
  if (!charge(frame, Gas.copyWord * wordCount(size))) return outOfGas(frame);
  frame.memory.copyIn(to as number, vm.state.getCode(address), wordToNumber(stack[sp + 1]), size);
  return Signal.next;
};

/** EIP-1052: zero for accounts that don't exist or are empty. */
const extCodeHash: Handler = (vm, frame) => {
  const top = frame.sp - 1;
  const word = frame.stack[top];
  const address = vm.addressOf(word);
  if (!charge(frame, vm.accessCost(word, address))) return outOfGas(frame);
  frame.stack[top] = vm.state.isEmpty(address) ? 0 : hexToWord(vm.state.getCodeHash(address));
  return Signal.next;
};

/** What a program can ask about other accounts' code. */
export const EXTERNAL_CODE: HandlerFamily = [
  [0x3b, extCodeSize],
  [0x3c, extCodeCopy],
  [0x3f, extCodeHash],
];
