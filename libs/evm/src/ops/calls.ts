import { EMPTY_BYTES } from '@flotilla/common';
import { allot, reclaim } from '../allotment.js';
import { EvmErrorCode } from '../errors.js';
import type { Frame } from '../frame.js';
import { Gas, Limit } from '../gas.js';
import type { Machine } from '../machine.js';
import { reportRefusal } from '../report.js';
import { Signal } from '../signal.js';
import type { FrameKind } from '../tracer.js';
import { toBig, type Word } from '../word.js';
import { addressWord, wordToNumber } from '../word-bytes.js';
import { charge, expand, halt, outOfGas } from './halt.js';
import type { Handler, HandlerFamily } from './handler.js';

type CallKind = Extract<FrameKind, 'CALL' | 'CALLCODE' | 'DELEGATECALL' | 'STATICCALL'>;

/** The four calls: (gas, to, [value,] input offset, input length, output offset, output length). */
function call(kind: CallKind): Handler {
  const hasValue = kind === 'CALL' || kind === 'CALLCODE';
  const pops = hasValue ? 7 : 6;
  return (vm, frame) => {
    const { stack } = frame;
    frame.sp -= pops;
    const { sp } = frame;
    const value = hasValue ? stack[sp + 4] : 0;
    if (kind === 'CALL' && value !== 0 && frame.isStatic) {
      return halt(frame, EvmErrorCode.StaticViolation);
    }
    const inputLength = stack[sp + 2];
    const outputLength = stack[sp];
    if (!expand(frame, stack[sp + 3], inputLength)) return outOfGas(frame);
    if (!expand(frame, stack[sp + 1], outputLength)) return outOfGas(frame);

    const word = addressWord(stack[sp + pops - 2]);
    if (!charge(frame, surcharge(vm, kind, word, value))) return outOfGas(frame);
    const child = vm.frames.at(frame.depth + 1);
    allot(frame, child, stack[sp + pops - 1], value === 0 ? 0 : Gas.callStipend);
    child.input = frame.memory.slice(wordToNumber(stack[sp + 3]), inputLength as number);
    child.returnOffset = wordToNumber(stack[sp + 1]);
    child.returnLength = outputLength as number;
    address(vm, kind, frame, child, word, value);
    const refusal = refusalOf(vm, frame, kind, value);
    if (refusal !== undefined) {
      reportRefusal(vm, frame, child, refusal);
      reclaim(frame, child);
      frame.returnData = EMPTY_BYTES;
      stack[frame.sp++] = 0;
      return Signal.next;
    }
    if (vm.enter(child)) {
      vm.child = child;
      return Signal.call;
    }
    vm.settle(frame, child);
    return Signal.next;
  };
}

/** What the target's coldness, its delegation, the value and a new account cost on top of a warm call. */
function surcharge(vm: Machine, kind: CallKind, word: Word, value: Word): number {
  const target = vm.addressOf(word);
  let cost = vm.accessCost(word, target);
  const delegate = vm.delegateOf(target);
  if (delegate !== undefined) cost += vm.delegateCost(delegate);
  if (value !== 0) {
    cost += Gas.callValue;
    if (kind === 'CALL' && vm.state.isEmpty(target)) cost += Gas.newAccount;
  }
  return cost;
}

/** Why the call can't even begin. */
function refusalOf(
  vm: Machine,
  frame: Frame,
  kind: CallKind,
  value: Word,
): EvmErrorCode | undefined {
  if (frame.depth >= Limit.callDepth) return EvmErrorCode.CallDepthExceeded;
  if (value === 0 || (kind !== 'CALL' && kind !== 'CALLCODE')) return undefined;
  if (vm.state.getBalance(frame.address) >= toBig(value)) return undefined;
  return EvmErrorCode.InsufficientBalance;
}

function address(
  vm: Machine,
  kind: CallKind,
  frame: Frame,
  child: Frame,
  word: Word,
  value: Word,
): void {
  const target = vm.addressOf(word);
  const onTarget = kind === 'CALL' || kind === 'STATICCALL';
  const delegated = kind === 'DELEGATECALL';
  child.kind = kind;
  child.isStatic = frame.isStatic || kind === 'STATICCALL';
  child.codeAddress = target;
  child.address = onTarget ? target : frame.address;
  child.addressWord = onTarget ? word : frame.addressWord;
  child.caller = delegated ? frame.caller : frame.address;
  child.callerWord = delegated ? frame.callerWord : frame.addressWord;
  child.value = delegated ? frame.value : value;
}

export const CALLS: HandlerFamily = [
  [0xf1, call('CALL')],
  [0xf2, call('CALLCODE')],
  [0xf4, call('DELEGATECALL')],
  [0xfa, call('STATICCALL')],
];
