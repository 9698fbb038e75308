import { Gas, wordCount } from '../gas.js';
import { Signal } from '../signal.js';
import { slotHash } from '../slot-hashes.js';
import { keccakWord, loadWord, storeWord } from '../word-bytes.js';
import { charge, expand, outOfGas } from './halt.js';
import type { Handler, HandlerFamily } from './handler.js';

/** The interpreter does loads and stores within the paid memory itself; these grow it first. */
const mload: Handler = (_vm, frame) => {
  const top = frame.sp - 1;
  const at = frame.stack[top];
  if (!expand(frame, at, 32)) return outOfGas(frame);
  frame.stack[top] = loadWord(frame.memory.view, at as number);
  return Signal.next;
};

const mstore: Handler = (_vm, frame) => {
  frame.sp -= 2;
  const at = frame.stack[frame.sp + 1];
  if (!expand(frame, at, 32)) return outOfGas(frame);
  storeWord(frame.memory.view, at as number, frame.stack[frame.sp]);
  return Signal.next;
};

const mstore8: Handler = (_vm, frame) => {
  frame.sp -= 2;
  const at = frame.stack[frame.sp + 1];
  if (!expand(frame, at, 1)) return outOfGas(frame);
  const value = frame.stack[frame.sp];
  const byte = typeof value === 'number' ? value & 0xff : Number(BigInt.asUintN(8, value));
  frame.memory.bytes[at as number] = byte;
  return Signal.next;
};

/** EIP-5656. */
const mcopy: Handler = (_vm, frame) => {
  frame.sp -= 3;
  const to = frame.stack[frame.sp + 2];
  const from = frame.stack[frame.sp + 1];
  const length = frame.stack[frame.sp];
  if (length === 0) return Signal.next;
  if (!expand(frame, to, length) || !expand(frame, from, length)) return outOfGas(frame);
  const start = from as number;
  const size = length as number;
  if (!charge(frame, Gas.copyWord * wordCount(size))) return outOfGas(frame);
  frame.memory.bytes.copyWithin(to as number, start, start + size);
  return Signal.next;
};

const msize: Handler = (_vm, frame) => {
  frame.stack[frame.sp++] = frame.memory.size;
  return Signal.next;
};

const keccak: Handler = (_vm, frame) => {
  const sp = --frame.sp;
  const at = frame.stack[sp];
  const length = frame.stack[sp - 1];
  if (!expand(frame, at, length)) return outOfGas(frame);
  const size = length as number;
  if (!charge(frame, Gas.keccakWord * wordCount(size))) return outOfGas(frame);
  frame.stack[sp - 1] =
    size === 64
      ? slotHash(frame.memory.view, at as number)
      : keccakWord(frame.memory.peek(at as number, size));
  return Signal.next;
};

/** Memory, and the hash of a piece of it. */
export const MEMORY: HandlerFamily = [
  [0x20, keccak],
  [0x51, mload],
  [0x52, mstore],
  [0x53, mstore8],
  [0x59, msize],
  [0x5e, mcopy],
];
