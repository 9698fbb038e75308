import { Arena } from './arena.js';
import { Field } from './field.js';
import { G1_FORMAT, Group } from './group.js';
import { type CurveId, type MclModule, openModule, type Pointer } from './module.js';

const FR_SIZE = 32;
/** What 128 points of G2 with their scalars need, and some more. */
const ARENA_BYTES = 64 * 1024;

/** One curve, in an instance of the library of its own. Each use starts with `reset`, which voids all pointers. */
export class Curve {
  readonly field: Field;
  readonly g1: Group;
  protected readonly module: MclModule;
  protected readonly arena: Arena;
  readonly #scratch: Pointer;

  /** @param modulus of the base field, big-endian, as wide as precompiles write an element */
  constructor(id: CurveId, modulus: Uint8Array) {
    this.module = openModule(id);
    this.arena = new Arena(this.module, ARENA_BYTES);
    this.field = new Field(this.module, this.arena, modulus);
    this.g1 = new Group(this.module, this.arena, this.field, G1_FORMAT);
    this.#scratch = this.module._malloc(FR_SIZE);
    // Subgroups are checked where an EIP asks for it, and nowhere else.
    this.module._mclBn_verifyOrderG1(0);
  }

  reset(): void {
    this.arena.reset();
  }

  /** Room for so many scalars, one after the other. */
  takeScalars(count = 1): Pointer {
    return this.arena.take(count * FR_SIZE);
  }

  /** The `index`th of scalars that lie one after the other. */
  scalarAt(scalars: Pointer, index: number): Pointer {
    return scalars + index * FR_SIZE;
  }

  /** 32 bytes, taken modulo the order. */
  decodeScalar(input: Uint8Array, at: number, target: Pointer): void {
    this.arena.bytes.set(input.subarray(at, at + FR_SIZE), this.#scratch);
    this.module._mclBnFr_setBigEndianMod(target, this.#scratch, FR_SIZE);
  }

  multiplyScalars(target: Pointer, a: Pointer, b: Pointer): void {
    this.module._mclBnFr_mul(target, a, b);
  }

  /** For a scalar other than zero. */
  invertScalar(target: Pointer, scalar: Pointer): void {
    this.module._mclBnFr_inv(target, scalar);
  }

  equalScalars(a: Pointer, b: Pointer): boolean {
    return this.module._mclBnFr_isEqual(a, b) === 1;
  }
}
