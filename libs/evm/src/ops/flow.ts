import { EMPTY_BYTES } from '@flotilla/common';
import { EvmErrorCode } from '../errors.js';
import type { Frame } from '../frame.js';
import { Gas } from '../gas.js';
import type { Machine } from '../machine.js';
import { Internal } from '../program.js';
import { reportStep } from '../report.js';
import { Signal } from '../signal.js';
import { charge, expand, halt, outOfGas } from './halt.js';
import type { Handler, HandlerFamily } from './handler.js';

const stop: Handler = (_vm, frame) => {
  frame.succeed(EMPTY_BYTES);
  return Signal.done;
};

/** The memory range on top of the stack as the frame's output; undefined when the gas doesn't reach. */
function output(frame: Frame): Uint8Array | undefined {
  frame.sp -= 2;
  const at = frame.stack[frame.sp + 1];
  const length = frame.stack[frame.sp];
  if (!expand(frame, at, length)) return undefined;
  return frame.memory.slice(at as number, length as number);
}

const returnHandler: Handler = (_vm, frame) => {
  const data = output(frame);
  if (data === undefined) return outOfGas(frame);
  frame.succeed(data);
  return Signal.done;
};

const revert: Handler = (_vm, frame) => {
  const data = output(frame);
  if (data === undefined) return outOfGas(frame);
  frame.revert(data);
  return Signal.done;
};

const selfDestruct: Handler = (vm, frame) => {
  if (frame.isStatic) return halt(frame, EvmErrorCode.StaticViolation);
  const { state } = vm;
  const { address } = frame;
  const word = frame.stack[--frame.sp];
  const heir = vm.addressOf(word);
  // The whole price when cold: unlike other accesses, the warm price is no part of the static gas.
  const access = vm.accessCost(word, heir);
  const balance = state.getBalance(address);
  let cost = access === 0 ? 0 : Gas.coldAccount;
  if (balance !== 0n && state.isEmpty(heir)) cost += Gas.newAccount;
  if (!charge(frame, cost)) return outOfGas(frame);
  bequeath(vm, frame, heir, balance);
  frame.succeed(EMPTY_BYTES);
  return Signal.done;
};

/** EIP-6780: only a contract made in this transaction goes away; others give their balance and stay. */
function bequeath(vm: Machine, frame: Frame, heir: Frame['address'], balance: bigint): void {
  const { state } = vm;
  const { address } = frame;
  vm.context.tracer?.onEnter?.({
    kind: 'SELFDESTRUCT',
    depth: frame.depth + 1,
    from: address,
    to: heir,
    input: EMPTY_BYTES,
    gas: 0,
    callerGas: frame.gas,
    value: balance,
  });
  if (heir !== address) {
    if (balance !== 0n) vm.transfer(address, heir, balance);
    else state.touch(heir);
  }
  if (state.isCreated(address)) {
    state.setBalance(address, 0n);
    state.selfDestruct(address);
  }
  vm.context.tracer?.onExit?.({ depth: frame.depth + 1, gasUsed: 0, output: EMPTY_BYTES });
}

const step: Handler = (vm, frame) => {
  reportStep(vm, frame);
  return Signal.next;
};

/** How frames end, and the tracer's instruction. */
export const FLOW: HandlerFamily = [
  [0x00, stop],
  [0xf3, returnHandler],
  [0xfd, revert],
  [0xfe, (_vm, frame) => halt(frame, EvmErrorCode.InvalidOpcode)],
  [0xff, selfDestruct],
  [Internal.step, step],
];
