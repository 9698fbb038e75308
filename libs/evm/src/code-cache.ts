import type { Hash } from '@flotilla/common';
import type { Program } from './program.js';

/**
 * Programs by code hash, within a bound on the bytes of code. Two generations stand in for exact least-recently-used
 * order: what was used since the last turn survives the next, and a hit costs one map look-up.
 */
export class CodeCache {
  private young = new Map<Hash, Program>();
  private old = new Map<Hash, Program>();
  private youngBytes = 0;

  /** @param capacity in bytes of code, for both generations together */
  constructor(private readonly capacity: number) {}

  get(codeHash: Hash): Program | undefined {
    const program = this.young.get(codeHash);
    if (program !== undefined) return program;
    const aged = this.old.get(codeHash);
    if (aged !== undefined) this.set(codeHash, aged);
    return aged;
  }

  set(codeHash: Hash, program: Program): void {
    if (this.youngBytes + program.code.length > this.capacity / 2) {
      this.old = this.young;
      this.young = new Map();
      this.youngBytes = 0;
    }
    this.young.set(codeHash, program);
    this.youngBytes += program.code.length;
  }
}
