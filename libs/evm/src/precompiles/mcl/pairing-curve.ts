import { Curve } from './curve.js';
import { FP_SIZE } from './field.js';
import { Group, type GroupFormat } from './group.js';
import type { CurveId, Pointer } from './module.js';

const GT_SIZE = 12 * FP_SIZE;

/** A curve with a second group, and pairings from both into the roots of unity. */
export class PairingCurve extends Curve {
  readonly g2: Group;
  readonly #part: Pointer;

  constructor(id: CurveId, modulus: Uint8Array, g2: GroupFormat) {
    super(id, modulus);
    this.g2 = new Group(this.module, this.arena, this.field, g2);
    this.#part = this.module._malloc(GT_SIZE);
    this.module._mclBn_verifyOrderG2(0);
  }

  /** Room for a product of pairings, which is one at first. */
  takeProduct(): Pointer {
    const product = this.arena.take(GT_SIZE);
    this.module._mclBnGT_setInt32(product, 1);
    return product;
  }

  /** Multiplies the pairings of points one after the other, none of them infinity, into the product. */
  multiplyPairings(product: Pointer, g1: Pointer, g2: Pointer, count: number): void {
    this.module._mclBn_millerLoopVec(this.#part, g1, g2, count);
    this.module._mclBnGT_mul(product, product, this.#part);
  }

  /** Whether the product of pairings is one. The last that is asked of a product: it is gone afterwards. */
  isOne(product: Pointer): boolean {
    this.module._mclBn_finalExp(product, product);
    return this.module._mclBnGT_isOne(product) === 1;
  }
}
