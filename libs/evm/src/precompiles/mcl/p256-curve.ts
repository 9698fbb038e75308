import { hexToBytes } from '@flotilla/common';
import { Curve } from './curve.js';
import { CurveId } from './module.js';

const MODULUS = hexToBytes('0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff');

let curve: Curve | undefined;

/** Ready for a use of its own; opened for the first one. */
export function p256Curve(): Curve {
  curve ??= new Curve(CurveId.P256, MODULUS);
  curve.reset();
  return curve;
}
