import type { Hash } from '@flotilla/common';
import { EvmErrorCode } from '../errors.js';
import { Gas } from '../gas.js';
import { Signal } from '../signal.js';
import { wordToHash } from '../word-bytes.js';
import { charge, expand, halt, outOfGas } from './halt.js';
import type { Handler, HandlerFamily } from './handler.js';

function log(topicCount: number): Handler {
  return (vm, frame) => {
    if (frame.isStatic) return halt(frame, EvmErrorCode.StaticViolation);
    const { stack } = frame;
    const at = stack[frame.sp - 1];
    const length = stack[frame.sp - 2];
    if (!expand(frame, at, length)) return outOfGas(frame);
    const size = length as number;
    if (!charge(frame, Gas.logByte * size)) return outOfGas(frame);
    const topics: Hash[] = [];
    for (let i = 0; i < topicCount; i++) topics.push(wordToHash(stack[frame.sp - 3 - i]));
    frame.sp -= 2 + topicCount;
    const data = frame.memory.slice(at as number, size);
    const record = { address: frame.address, topics, data };
    vm.state.addLog(record);
    vm.context.tracer?.onLog?.(record);
    return Signal.next;
  };
}

export const LOGS: HandlerFamily = [0, 1, 2, 3, 4].map((n) => [0xa0 + n, log(n)] as const);
