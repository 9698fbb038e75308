import { hexToBytes } from '@flotilla/common';
import { G2_IMAGINARY_FIRST } from './group.js';
import { CurveId } from './module.js';
import { PairingCurve } from './pairing-curve.js';

const MODULUS = hexToBytes('0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47');

let curve: PairingCurve | undefined;

/** Ready for a use of its own; opened for the first one. */
export function bn254Curve(): PairingCurve {
  curve ??= new PairingCurve(CurveId.Bn254, MODULUS, G2_IMAGINARY_FIRST);
  curve.reset();
  return curve;
}
