import { type Hex, hexToBytes } from '@flotilla/common';
import { opcodeTable } from '../opcodes.js';

const OPCODES = new Map(
  opcodeTable('osaka').flatMap((info, opcode) => (info === undefined ? [] : [[info.name, opcode]])),
);

const hex = (value: number) => value.toString(16).padStart(2, '0');

/**
 * Instructions by name; numbers are pushed, in hex (`0x…`) with as many bytes as written; `name:` is a JUMPDEST and
 * `@name` pushes where it is.
 */
export function assemble(source: string): Hex {
  const labels = new Map<string, number>();
  const parts: (() => string)[] = [];
  let pc = 0;
  for (const token of source.split(/\s+/).filter((part) => part !== '')) {
    if (token.endsWith(':')) labels.set(token.slice(0, -1), pc);
    const part = encode(token, labels);
    parts.push(part.text);
    pc += part.length;
  }
  return `0x${parts.map((text) => text()).join('')}`;
}

function encode(token: string, labels: ReadonlyMap<string, number>) {
  if (token.endsWith(':')) return { length: 1, text: () => '5b' };
  if (token.startsWith('@')) {
    return { length: 3, text: () => `61${hex(labels.get(token.slice(1))!).padStart(4, '0')}` };
  }
  if (token.startsWith('0x')) {
    const { length } = hexToBytes(token);
    return { length: 1 + length, text: () => hex(0x5f + length) + token.slice(2) };
  }
  const opcode = OPCODES.get(token);
  if (opcode !== undefined) return { length: 1, text: () => hex(opcode) };
  return { length: 2, text: () => `60${hex(Number(token))}` };
}
