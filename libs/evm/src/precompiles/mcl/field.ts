import type { Arena } from './arena.js';
import type { MclModule, Pointer } from './module.js';

/** Bytes of an element in the library's memory, whatever the field. */
export const FP_SIZE = 48;

/** Whether the bytes at `at`, as many as the bound has, are a lesser number; both big-endian. */
export function isBelow(input: Uint8Array, at: number, bound: Uint8Array): boolean {
  for (let i = 0; i < bound.length; i++) {
    if (input[at + i] !== bound[i]) return input[at + i] < bound[i];
  }
  return false;
}

/** Elements of a curve's base field, between big-endian bytes and the library's memory. */
export class Field {
  /** Bytes of an element as precompiles write it. */
  readonly width: number;
  readonly #module: MclModule;
  readonly #arena: Arena;
  readonly #modulus: Uint8Array;
  readonly #scratch: Pointer;

  /** @param modulus as wide as an element is written */
  constructor(module: MclModule, arena: Arena, modulus: Uint8Array) {
    this.width = modulus.length;
    this.#module = module;
    this.#arena = arena;
    this.#modulus = modulus;
    this.#scratch = module._malloc(FP_SIZE);
  }

  /** False when the bytes are no element: not less than the modulus. */
  decode(input: Uint8Array, at: number, target: Pointer): boolean {
    if (!isBelow(input, at, this.#modulus)) return false;
    const end = at + this.width;
    const length = Math.min(this.width, FP_SIZE);
    this.#arena.bytes.set(input.subarray(end - length, end), this.#scratch);
    return this.#module._mclBnFp_setBigEndianMod(target, this.#scratch, length) === 0;
  }

  setOne(target: Pointer): void {
    this.#module._mclBnFp_setInt32(target, 1);
  }

  encode(element: Pointer, output: Uint8Array, at: number): void {
    const length = this.#module._mclBnFp_getLittleEndian(this.#scratch, FP_SIZE, element);
    const { bytes } = this.#arena;
    const last = at + this.width - 1;
    for (let i = 0; i < length; i++) output[last - i] = bytes[this.#scratch + i];
  }
}
