import { EvmErrorCode } from '../errors.js';
import { ARITHMETIC } from './arithmetic.js';
import { BLOCK_CONTEXT } from './block-context.js';
import { CALLS } from './calls.js';
import { CREATES } from './creates.js';
import { ENVIRONMENT } from './environment.js';
import { EXTERNAL_CODE } from './external-code.js';
import { FLOW } from './flow.js';
import { halt } from './halt.js';
import type { Handler, HandlerFamily } from './handler.js';
import { LOGS } from './logs.js';
import { MEMORY } from './memory-access.js';
import { STORAGE } from './storage.js';

const FAMILIES: readonly HandlerFamily[] = [
  ARITHMETIC,
  ENVIRONMENT,
  EXTERNAL_CODE,
  BLOCK_CONTEXT,
  MEMORY,
  STORAGE,
  FLOW,
  LOGS,
  CALLS,
  CREATES,
];

/** By instruction code. The interpreter's own instructions never get here. */
export const HANDLERS: readonly Handler[] = buildTable();

function buildTable(): Handler[] {
  const undefinedOpcode: Handler = (_vm, frame) => halt(frame, EvmErrorCode.InvalidOpcode);
  const table: Handler[] = [];
  for (let opcode = 0; opcode < 256; opcode++) table.push(undefinedOpcode);
  for (const family of FAMILIES) {
    for (const [opcode, handler] of family) table[opcode] = handler;
  }
  return table;
}
