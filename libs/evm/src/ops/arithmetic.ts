import { Gas } from '../gas.js';
import { Signal } from '../signal.js';
import {
  addmod,
  byteAt,
  countLeadingZeros,
  exp,
  mulmod,
  sar,
  sdiv,
  signedLessThan,
  signextend,
  smod,
  type Word,
} from '../word.js';
import { charge, outOfGas } from './halt.js';
import type { Handler, HandlerFamily } from './handler.js';

function binary(operation: (a: Word, b: Word) => Word): Handler {
  return (_vm, frame) => {
    const { stack } = frame;
    const sp = --frame.sp;
    stack[sp - 1] = operation(stack[sp], stack[sp - 1]);
    return Signal.next;
  };
}

function ternary(operation: (a: Word, b: Word, c: Word) => Word): Handler {
  return (_vm, frame) => {
    const { stack } = frame;
    frame.sp -= 2;
    const sp = frame.sp;
    stack[sp - 1] = operation(stack[sp + 1], stack[sp], stack[sp - 1]);
    return Signal.next;
  };
}

function byteLength(value: Word): number {
  return value === 0 ? 0 : Math.ceil(value.toString(16).length / 2);
}

const expHandler: Handler = (_vm, frame) => {
  const { stack } = frame;
  const sp = --frame.sp;
  const exponent = stack[sp - 1];
  if (!charge(frame, Gas.expByte * byteLength(exponent))) return outOfGas(frame);
  stack[sp - 1] = exp(stack[sp], exponent);
  return Signal.next;
};

const clz: Handler = (_vm, frame) => {
  const top = frame.sp - 1;
  frame.stack[top] = countLeadingZeros(frame.stack[top]);
  return Signal.next;
};

/** What the interpreter's switch leaves out of arithmetic, comparison and bit operations. */
export const ARITHMETIC: HandlerFamily = [
  [0x05, binary(sdiv)],
  [0x07, binary(smod)],
  [0x08, ternary(addmod)],
  [0x09, ternary(mulmod)],
  [0x0a, expHandler],
  [0x0b, binary(signextend)],
  [0x12, binary((a, b) => (signedLessThan(a, b) ? 1 : 0))],
  [0x13, binary((a, b) => (signedLessThan(b, a) ? 1 : 0))],
  [0x1a, binary(byteAt)],
  [0x1d, binary(sar)],
  [0x1e, clz],
];
