import { visibleGas } from './allotment.js';
import { EvmErrorCode } from './errors.js';
import type { Frame } from './frame.js';
import { Limit } from './gas.js';
import type { Machine } from './machine.js';
import { HANDLERS } from './ops/handlers.js';
import { Signal } from './signal.js';
import {
  add,
  and,
  div,
  lessThan,
  MAX_SAFE,
  mod,
  mul,
  not,
  or,
  shl,
  shr,
  sub,
  xor,
} from './word.js';
import { loadWord, storeWord } from './word-bytes.js';

/**
 * Runs a frame until it ends (`Signal.done`) or wants a child run (`Signal.call`).
 *
 * The switch holds the instructions that make up nearly all of a program's time, so that they work on local
 * variables; the others, and the rare paths of these (memory growth above all), are handlers by family under `ops`.
 * Gas and stack bounds are checked per block (see `Program`), so no instruction here does it.
 */
export function runFrame(vm: Machine, frame: Frame): Signal {
  const { ops, args, targets, blockGas, blockNeeds, blockGrows, heat, heatStep } = frame.program;
  const { threshold } = vm.translator;
  const { stack, memory } = frame;
  let { ip, sp, gas } = frame;
  for (;;) {
    const op = ops[ip++];
    switch (op) {
      case 0x21: {
        // block
        let block = args[ip - 1] as number;
        const runs = heat[block];
        if (runs < threshold) {
          heat[block] = runs + heatStep[block];
        } else {
          frame.ip = ip - 1;
          frame.sp = sp;
          frame.gas = gas;
          const signal = vm.translator.run(vm, frame);
          if (signal === Signal.done || signal === Signal.call) return signal;
          ip = frame.ip + 1;
          sp = frame.sp;
          gas = frame.gas;
          block = args[ip - 1] as number;
        }
        gas -= blockGas[block];
        if (gas < 0) return halt(frame, EvmErrorCode.OutOfGas);
        if (sp < blockNeeds[block]) return halt(frame, EvmErrorCode.StackUnderflow);
        if (sp + blockGrows[block] > Limit.stack) return halt(frame, EvmErrorCode.StackOverflow);
        if (--vm.ticks === 0) vm.checkInterrupt();
        continue;
      }
      case 0x22: // PUSH0–PUSH32
        stack[sp++] = args[ip - 1];
        continue;
      case 0x23: // a push and JUMP
        ip = args[ip - 1] as number;
        if (ip === 0) return halt(frame, EvmErrorCode.InvalidJump);
        continue;
      case 0x24: // a push and JUMPI
        if (stack[--sp] !== 0) {
          ip = args[ip - 1] as number;
          if (ip === 0) return halt(frame, EvmErrorCode.InvalidJump);
        }
        continue;
      case 0x56: {
        // JUMP
        const target = stack[--sp];
        ip = typeof target === 'number' && target < targets.length ? targets[target] : 0;
        if (ip === 0) return halt(frame, EvmErrorCode.InvalidJump);
        continue;
      }
      case 0x57: {
        // JUMPI
        sp -= 2;
        if (stack[sp] === 0) continue;
        const target = stack[sp + 1];
        ip = typeof target === 'number' && target < targets.length ? targets[target] : 0;
        if (ip === 0) return halt(frame, EvmErrorCode.InvalidJump);
        continue;
      }
      case 0x50: // POP
        sp--;
        continue;
      case 0x80: // DUP1–DUP16
      case 0x81:
      case 0x82:
      case 0x83:
      case 0x84:
      case 0x85:
      case 0x86:
      case 0x87:
      case 0x88:
      case 0x89:
      case 0x8a:
      case 0x8b:
      case 0x8c:
      case 0x8d:
      case 0x8e:
      case 0x8f:
        stack[sp] = stack[sp + 0x7f - op];
        sp++;
        continue;
      case 0x90: // SWAP1–SWAP16
      case 0x91:
      case 0x92:
      case 0x93:
      case 0x94:
      case 0x95:
      case 0x96:
      case 0x97:
      case 0x98:
      case 0x99:
      case 0x9a:
      case 0x9b:
      case 0x9c:
      case 0x9d:
      case 0x9e:
      case 0x9f: {
        const other = sp + 0x8e - op;
        const top = stack[sp - 1];
        stack[sp - 1] = stack[other];
        stack[other] = top;
        continue;
      }
      case 0x01: {
        // ADD
        const a = stack[--sp];
        const b = stack[sp - 1];
        if (typeof a === 'number' && typeof b === 'number' && a + b <= MAX_SAFE) {
          stack[sp - 1] = a + b;
        } else {
          stack[sp - 1] = add(a, b);
        }
        continue;
      }
      case 0x02: // MUL
        sp--;
        stack[sp - 1] = mul(stack[sp], stack[sp - 1]);
        continue;
      case 0x03: {
        // SUB
        const a = stack[--sp];
        const b = stack[sp - 1];
        if (typeof a === 'number' && typeof b === 'number' && a >= b) stack[sp - 1] = a - b;
        else stack[sp - 1] = sub(a, b);
        continue;
      }
      case 0x04: // DIV
        sp--;
        stack[sp - 1] = div(stack[sp], stack[sp - 1]);
        continue;
      case 0x06: // MOD
        sp--;
        stack[sp - 1] = mod(stack[sp], stack[sp - 1]);
        continue;
      case 0x10: {
        // LT
        const a = stack[--sp];
        const b = stack[sp - 1];
        if (typeof a === 'number' && typeof b === 'number') stack[sp - 1] = a < b ? 1 : 0;
        else stack[sp - 1] = lessThan(a, b) ? 1 : 0;
        continue;
      }
      case 0x11: {
        // GT
        const a = stack[--sp];
        const b = stack[sp - 1];
        if (typeof a === 'number' && typeof b === 'number') stack[sp - 1] = a > b ? 1 : 0;
        else stack[sp - 1] = lessThan(b, a) ? 1 : 0;
        continue;
      }
      case 0x14: // EQ
        sp--;
        stack[sp - 1] = stack[sp] === stack[sp - 1] ? 1 : 0;
        continue;
      case 0x15: // ISZERO
        stack[sp - 1] = stack[sp - 1] === 0 ? 1 : 0;
        continue;
      case 0x16: // AND
        sp--;
        stack[sp - 1] = and(stack[sp], stack[sp - 1]);
        continue;
      case 0x17: // OR
        sp--;
        stack[sp - 1] = or(stack[sp], stack[sp - 1]);
        continue;
      case 0x18: // XOR
        sp--;
        stack[sp - 1] = xor(stack[sp], stack[sp - 1]);
        continue;
      case 0x19: // NOT
        stack[sp - 1] = not(stack[sp - 1]);
        continue;
      case 0x1b: // SHL
        sp--;
        stack[sp - 1] = shl(stack[sp], stack[sp - 1]);
        continue;
      case 0x1c: // SHR
        sp--;
        stack[sp - 1] = shr(stack[sp], stack[sp - 1]);
        continue;
      case 0x51: {
        // MLOAD
        const at = stack[sp - 1];
        if (typeof at === 'number' && at + 32 <= memory.size) {
          stack[sp - 1] = loadWord(memory.view, at);
          continue;
        }
        break;
      }
      case 0x52: {
        // MSTORE
        const at = stack[sp - 1];
        if (typeof at === 'number' && at + 32 <= memory.size) {
          storeWord(memory.view, at, stack[sp - 2]);
          sp -= 2;
          continue;
        }
        break;
      }
      case 0x5a: // GAS
        stack[sp++] = frame.reserve === undefined ? gas : visibleGas(frame, gas);
        continue;
    }
    frame.ip = ip;
    frame.sp = sp;
    frame.gas = gas;
    const signal = HANDLERS[op](vm, frame);
    if (signal !== Signal.next) return signal;
    sp = frame.sp;
    gas = frame.gas;
  }
}

function halt(frame: Frame, reason: EvmErrorCode): Signal {
  frame.halt(reason);
  return Signal.done;
}
