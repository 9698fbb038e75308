import { EvmErrorCode } from '../errors.js';
import type { Frame } from '../frame.js';
import { Limit, memoryGas, wordCount } from '../gas.js';
import { Signal } from '../signal.js';
import type { Word } from '../word.js';

export function halt(frame: Frame, reason: EvmErrorCode): Signal {
  frame.halt(reason);
  return Signal.done;
}

export function outOfGas(frame: Frame): Signal {
  return halt(frame, EvmErrorCode.OutOfGas);
}

/** Charges dynamic gas; false when there is not enough. */
export function charge(frame: Frame, gas: number): boolean {
  frame.gas -= gas;
  return frame.gas >= 0;
}

/** Pays for memory up to the end of the range and makes it available; false when the gas doesn't reach. */
export function expand(frame: Frame, offset: Word, length: Word): boolean {
  if (length === 0) return true;
  if (typeof offset !== 'number' || typeof length !== 'number') return false;
  const end = offset + length;
  const { memory } = frame;
  if (end <= memory.size) return true;
  if (end > Limit.memory) return false;
  const words = wordCount(end);
  if (!charge(frame, memoryGas(words) - memoryGas(memory.size / 32))) return false;
  memory.grow(words * 32);
  return true;
}
