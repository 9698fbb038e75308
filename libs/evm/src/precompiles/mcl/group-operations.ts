import type { MclModule } from './module.js';

const OPERATIONS = [
  'add',
  'clear',
  'deserialize',
  'isValid',
  'isValidOrder',
  'isZero',
  'mul',
  'mulVec',
  'neg',
  'normalize',
  'serialize',
  'sub',
] as const;

/** Pointers in, the result's first; 1 for yes, or a length. */
export type GroupOperations = Readonly<
  Record<(typeof OPERATIONS)[number], (...args: number[]) => number>
>;

/** What an instance exports for one group: looked up once, not for each use. */
export function groupOperations(module: MclModule, group: 'G1' | 'G2'): GroupOperations {
  const entries = OPERATIONS.map((name) => [name, module[`_mclBn${group}_${name}`]] as const);
  return Object.fromEntries(entries) as GroupOperations;
}
