import { EvmErrorCode } from '../errors.js';
import { Gas } from '../gas.js';
import type { Machine } from '../machine.js';
import { Signal } from '../signal.js';
import { toBig, toWord } from '../word.js';
import { charge, halt, outOfGas } from './halt.js';
import type { Handler, HandlerFamily } from './handler.js';

const SET_REFUND = BigInt(Gas.storageSet - Gas.warmAccess);
const RESET_REFUND = BigInt(Gas.storageReset - Gas.warmAccess);
const CLEAR_REFUND = BigInt(Gas.storageClearRefund);

const sload: Handler = (vm, frame) => {
  const top = frame.sp - 1;
  const slot = toBig(frame.stack[top]);
  if (!vm.state.warmSlot(frame.address, slot)) {
    if (!charge(frame, Gas.coldSlot - Gas.warmAccess)) return outOfGas(frame);
  }
  frame.stack[top] = toWord(vm.state.getStorage(frame.address, slot));
  return Signal.next;
};

/** EIP-2200 with the prices of EIP-2929 and the refunds of EIP-3529. */
const sstore: Handler = (vm, frame) => {
  if (frame.isStatic) return halt(frame, EvmErrorCode.StaticViolation);
  if (frame.gas <= Gas.storageStipend) return outOfGas(frame);
  frame.sp -= 2;
  const { state } = vm;
  const { address } = frame;
  const slot = toBig(frame.stack[frame.sp + 1]);
  const value = toBig(frame.stack[frame.sp]);
  const coldCost = state.warmSlot(address, slot) ? 0 : Gas.coldSlot;
  const current = state.getStorage(address, slot);
  const original = state.getOriginalStorage(address, slot);
  if (!charge(frame, coldCost + writeCost(original, current, value))) return outOfGas(frame);
  if (current === value) return Signal.next;
  adjustRefund(vm, original, current, value);
  state.setStorage(address, slot, value);
  return Signal.next;
};

function writeCost(original: bigint, current: bigint, value: bigint): number {
  if (current === value || original !== current) return Gas.warmAccess;
  return original === 0n ? Gas.storageSet : Gas.storageReset;
}

/** @param value differs from `current` */
function adjustRefund(vm: Machine, original: bigint, current: bigint, value: bigint): void {
  const { state } = vm;
  if (original === current) {
    if (original !== 0n && value === 0n) state.addRefund(CLEAR_REFUND);
    return;
  }
  if (original !== 0n) {
    if (current === 0n) state.subRefund(CLEAR_REFUND);
    else if (value === 0n) state.addRefund(CLEAR_REFUND);
  }
  if (original === value) state.addRefund(original === 0n ? SET_REFUND : RESET_REFUND);
}

/** EIP-1153. */
const tload: Handler = (vm, frame) => {
  const top = frame.sp - 1;
  frame.stack[top] = toWord(vm.state.getTransient(frame.address, toBig(frame.stack[top])));
  return Signal.next;
};

const tstore: Handler = (vm, frame) => {
  if (frame.isStatic) return halt(frame, EvmErrorCode.StaticViolation);
  frame.sp -= 2;
  const slot = toBig(frame.stack[frame.sp + 1]);
  vm.state.setTransient(frame.address, slot, toBig(frame.stack[frame.sp]));
  return Signal.next;
};

/** Permanent and transient storage. */
export const STORAGE: HandlerFamily = [
  [0x54, sload],
  [0x55, sstore],
  [0x5c, tload],
  [0x5d, tstore],
];
