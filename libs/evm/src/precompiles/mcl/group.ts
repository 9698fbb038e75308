import type { Arena } from './arena.js';
import { type Field, FP_SIZE } from './field.js';
import { type GroupOperations, groupOperations } from './group-operations.js';
import type { MclModule, Pointer } from './module.js';

export interface GroupFormat {
  readonly name: 'G1' | 'G2';
  /** Where the parts of a coordinate lie in the library's memory, in the order in which they are written. */
  readonly parts: readonly number[];
}

/** Coordinates of the base field. */
export const G1_FORMAT: GroupFormat = { name: 'G1', parts: [0] };
/** Coordinates of its quadratic extension, real part first. */
export const G2_FORMAT: GroupFormat = { name: 'G2', parts: [0, FP_SIZE] };
export const G2_IMAGINARY_FIRST: GroupFormat = { name: 'G2', parts: [FP_SIZE, 0] };

function isZero(input: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (input[i] !== 0) return false;
  return true;
}

/** Points of a curve: x, y and z in the library's memory; written as x and y, or zeros for infinity. */
export class Group {
  /** Bytes of a point in the library's memory. */
  readonly size: number;
  /** Bytes of a point as precompiles write it. */
  readonly width: number;
  readonly #module: MclModule;
  readonly #operations: GroupOperations;
  readonly #arena: Arena;
  readonly #field: Field;
  /** Of x, then of y. */
  readonly #parts: readonly number[];
  readonly #zAt: number;

  constructor(module: MclModule, arena: Arena, field: Field, { name, parts }: GroupFormat) {
    this.#module = module;
    this.#arena = arena;
    this.#field = field;
    this.#operations = groupOperations(module, name);
    const coordinate = parts.length * FP_SIZE;
    this.#parts = [...parts, ...parts.map((part) => coordinate + part)];
    this.#zAt = 2 * coordinate;
    this.size = 3 * coordinate;
    this.width = this.#parts.length * field.width;
  }

  /** Room for so many points, one after the other. */
  take(count = 1): Pointer {
    return this.#arena.take(count * this.size);
  }

  /** The same, but it outlives each `reset`. */
  keep(count = 1): Pointer {
    return this.#module._malloc(count * this.size);
  }

  /** False unless the bytes are a point on the curve, of the right subgroup or not. */
  decode(input: Uint8Array, at: number, target: Pointer): boolean {
    this.setInfinity(target);
    if (isZero(input, at, at + this.width)) return true;
    let from = at;
    for (const part of this.#parts) {
      if (!this.#field.decode(input, from, target + part)) return false;
      from += this.#field.width;
    }
    this.#field.setOne(target + this.#zAt);
    return this.#operations.isValid(target) === 1;
  }

  /** False unless the bytes are infinity or a point of the subgroup. */
  decodeInSubgroup(input: Uint8Array, at: number, target: Pointer): boolean {
    return this.decode(input, at, target) && this.#isInSubgroup(target);
  }

  encode(point: Pointer): Uint8Array {
    const output = new Uint8Array(this.width);
    if (this.isInfinity(point)) return output;
    this.#operations.normalize(point, point);
    let at = 0;
    for (const part of this.#parts) {
      this.#field.encode(point + part, output, at);
      at += this.#field.width;
    }
    return output;
  }

  isInfinity(point: Pointer): boolean {
    return this.#operations.isZero(point) === 1;
  }

  setInfinity(target: Pointer): void {
    this.#operations.clear(target);
  }

  /** Any two points of the curve. */
  add(target: Pointer, a: Pointer, b: Pointer): void {
    this.#operations.add(target, a, b);
  }

  subtract(target: Pointer, a: Pointer, b: Pointer): void {
    this.#operations.sub(target, a, b);
  }

  negate(target: Pointer, point: Pointer): void {
    this.#operations.neg(target, point);
  }

  /** For a point of the subgroup. */
  multiply(target: Pointer, point: Pointer, scalar: Pointer): void {
    this.#operations.mul(target, point, scalar);
  }

  /** For points of the subgroup, of which none is infinity; they and their scalars lie one after the other. */
  sumOfProducts(target: Pointer, points: Pointer, scalars: Pointer, count: number): void {
    this.#operations.mulVec(target, points, scalars, count);
  }

  /** Of the compressed form in Ethereum's consensus: false unless it is the one of a point of the subgroup. */
  decompress(bytes: Uint8Array, target: Pointer): boolean {
    const at = this.#arena.take(bytes.length);
    const again = this.#arena.take(bytes.length);
    this.#arena.bytes.set(bytes, at);
    if (this.#operations.deserialize(target, at, bytes.length) !== bytes.length) return false;
    if (!this.#isInSubgroup(target)) return false;
    // The library may take more than one form of a point; only the one that it writes counts.
    if (this.#operations.serialize(again, bytes.length, target) !== bytes.length) return false;
    const memory = this.#arena.bytes;
    return bytes.every((byte, i) => memory[again + i] === byte);
  }

  /** For a point on the curve. */
  #isInSubgroup(point: Pointer): boolean {
    return this.#operations.isValidOrder(point) === 1;
  }
}
