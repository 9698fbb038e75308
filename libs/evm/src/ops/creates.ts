import { EMPTY_BYTES } from '@flotilla/common';
import { allot, reclaim } from '../allotment.js';
import { create2Address, createAddress } from '../create.js';
import { EvmErrorCode } from '../errors.js';
import type { Frame } from '../frame.js';
import { Gas, Limit, wordCount } from '../gas.js';
import type { Machine } from '../machine.js';
import { reportRefusal } from '../report.js';
import { Signal } from '../signal.js';
import { toBig, type Word } from '../word.js';
import { hexToWord, wordToBytes, wordToNumber } from '../word-bytes.js';
import { charge, expand, halt, outOfGas } from './halt.js';
import type { Handler, HandlerFamily } from './handler.js';

/** More than any frame has. */
const ALL_GAS: Word = 1n << 255n;

/** CREATE (value, offset, length) and CREATE2 (…, salt). */
function create(kind: 'CREATE' | 'CREATE2'): Handler {
  const salted = kind === 'CREATE2';
  const pops = salted ? 4 : 3;
  const wordGas = salted ? Gas.initCodeWord + Gas.keccakWord : Gas.initCodeWord;
  return (vm, frame) => {
    if (frame.isStatic) return halt(frame, EvmErrorCode.StaticViolation);
    const { stack } = frame;
    const { state } = vm;
    frame.sp -= pops;
    const { sp } = frame;
    const value = stack[sp + pops - 1];
    const offset = stack[sp + pops - 2];
    const length = wordToNumber(stack[sp + pops - 3]);
    if (length > Limit.initCode) return halt(frame, EvmErrorCode.InitCodeTooLarge);
    if (!expand(frame, offset, length)) return outOfGas(frame);
    if (!charge(frame, wordGas * wordCount(length))) return outOfGas(frame);

    frame.returnData = EMPTY_BYTES;
    const sender = frame.address;
    const nonce = state.getNonce(sender);
    const child = vm.frames.at(frame.depth + 1);
    allot(frame, child, ALL_GAS, 0);
    child.kind = kind;
    child.isStatic = false;
    child.input = frame.memory.slice(wordToNumber(offset), length);
    child.address = salted
      ? create2Address(sender, wordToBytes(stack[sp]), child.input)
      : createAddress(sender, nonce);
    child.addressWord = hexToWord(child.address);
    child.codeAddress = child.address;
    child.caller = sender;
    child.callerWord = frame.addressWord;
    child.value = value;
    const refusal = refusalOf(vm, frame, value, nonce);
    if (refusal !== undefined) {
      reportRefusal(vm, frame, child, refusal);
      reclaim(frame, child);
      stack[frame.sp++] = 0;
      return Signal.next;
    }
    state.setNonce(sender, nonce + 1n);
    state.warmAddress(child.address);
    if (vm.enter(child)) {
      vm.child = child;
      return Signal.call;
    }
    vm.settle(frame, child);
    return Signal.next;
  };
}

/** Why the create can't even begin. */
function refusalOf(
  vm: Machine,
  frame: Frame,
  value: Word,
  nonce: bigint,
): EvmErrorCode | undefined {
  if (frame.depth >= Limit.callDepth) return EvmErrorCode.CallDepthExceeded;
  if (value !== 0 && vm.state.getBalance(frame.address) < toBig(value)) {
    return EvmErrorCode.InsufficientBalance;
  }
  if (nonce === Limit.maxNonce) return EvmErrorCode.NonceOverflow;
  return vm.context.mayCreate ? undefined : EvmErrorCode.CreateNotAllowed;
}

export const CREATES: HandlerFamily = [
  [0xf0, create('CREATE')],
  [0xf5, create('CREATE2')],
];
