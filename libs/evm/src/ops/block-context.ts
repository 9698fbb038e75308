import type { Machine } from '../machine.js';
import { Signal } from '../signal.js';
import { toBig, toWord, type Word } from '../word.js';
import { hexToWord } from '../word-bytes.js';
import type { Handler, HandlerFamily } from './handler.js';

const BLOCK_HASH_WINDOW = 256n;

function push(value: (vm: Machine) => Word): Handler {
  return (vm, frame) => {
    frame.stack[frame.sp++] = value(vm);
    return Signal.next;
  };
}

const blockHash: Handler = (vm, frame) => {
  const top = frame.sp - 1;
  const number = toBig(frame.stack[top]);
  const current = vm.block.number;
  const inWindow = number < current && number + BLOCK_HASH_WINDOW >= current;
  const hash = inWindow ? vm.block.blockHash(number) : undefined;
  frame.stack[top] = hash === undefined ? 0 : hexToWord(hash);
  return Signal.next;
};

/** EIP-4844. */
const blobHash: Handler = (vm, frame) => {
  const top = frame.sp - 1;
  const index = frame.stack[top];
  const hash = typeof index === 'number' ? vm.context.blobHashes[index] : undefined;
  frame.stack[top] = hash === undefined ? 0 : hexToWord(hash);
  return Signal.next;
};

/** What a program can ask about the block. */
export const BLOCK_CONTEXT: HandlerFamily = [
  [0x40, blockHash],
  [0x41, push((vm) => hexToWord(vm.block.coinbase))],
  [0x42, push((vm) => toWord(vm.block.timestamp))],
  [0x43, push((vm) => toWord(vm.block.number))],
  [0x44, push((vm) => hexToWord(vm.block.prevRandao))],
  [0x45, push((vm) => toWord(vm.block.gasLimit))],
  [0x46, push((vm) => toWord(vm.block.chainId))],
  [0x48, push((vm) => toWord(vm.context.baseFee))],
  [0x49, blobHash],
  [0x4a, push((vm) => toWord(vm.context.blobBaseFee))],
];
