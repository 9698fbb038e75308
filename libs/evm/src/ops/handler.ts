import type { Frame } from '../frame.js';
import type { Machine } from '../machine.js';
import type { Signal } from '../signal.js';

/**
 * Carries out one instruction on the frame's registers. Its static gas is charged and its operands are on the stack;
 * it charges the dynamic gas itself.
 */
export type Handler = (vm: Machine, frame: Frame) => Signal;

export type HandlerFamily = readonly (readonly [opcode: number, handler: Handler])[];
