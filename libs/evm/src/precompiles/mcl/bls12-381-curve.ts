import { hexToBytes } from '@flotilla/common';
import { FP_SIZE } from './field.js';
import { G2_FORMAT } from './group.js';
import { CurveId, type Pointer } from './module.js';
import { PairingCurve } from './pairing-curve.js';

/** EIP-2537 writes 48 bytes in 64. */
const MODULUS = hexToBytes(
  '0x000000000000000000000000000000001a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab',
);
/** The library's number for the maps of RFC 9380, which EIP-2537 follows. */
const RFC_9380 = 5;

class Bls12381Curve extends PairingCurve {
  constructor() {
    super(CurveId.Bls12381, MODULUS, G2_FORMAT);
    this.module._mclBn_setMapToMode(RFC_9380);
    // For `decompress`: compressed points as in Ethereum's consensus.
    this.module._mclBn_setETHserialization(1);
  }

  /** The point of the subgroup for an element of the field; false when the bytes are none. */
  mapToG1(input: Uint8Array, target: Pointer): boolean {
    const element = this.arena.take(FP_SIZE);
    if (!this.field.decode(input, 0, element)) return false;
    this.module._mclBnFp_mapToG1(target, element);
    return true;
  }

  /** The same for the quadratic extension, real part first. */
  mapToG2(input: Uint8Array, target: Pointer): boolean {
    const element = this.arena.take(2 * FP_SIZE);
    if (!this.field.decode(input, 0, element)) return false;
    if (!this.field.decode(input, this.field.width, element + FP_SIZE)) return false;
    this.module._mclBnFp2_mapToG2(target, element);
    return true;
  }
}

let curve: Bls12381Curve | undefined;

/** Ready for a use of its own; opened for the first one. */
export function bls12381Curve(): Bls12381Curve {
  curve ??= new Bls12381Curve();
  curve.reset();
  return curve;
}
