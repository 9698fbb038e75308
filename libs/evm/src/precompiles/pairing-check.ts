import type { PairingCurve } from './mcl/pairing-curve.js';
import type { Pause } from './precompile.js';

/** Together they take tens of milliseconds, and share what can be shared. */
const PAIRS_AT_ONCE = 16;
const OUTPUT_BYTES = 32;

/**
 * 1 when the product of the pairings is one, 0 when not; undefined when a point is not on its curve or not in its
 * subgroup. A call may pay for thousands of pairs: it pauses before each.
 */
export function checkPairings(
  curve: PairingCurve,
  input: Uint8Array,
  pause: Pause,
): Uint8Array | undefined {
  const { g1, g2 } = curve;
  const product = curve.takeProduct();
  const points1 = g1.take(PAIRS_AT_ONCE);
  const points2 = g2.take(PAIRS_AT_ONCE);
  let waiting = 0;
  for (let at = 0; at < input.length; at += g1.width + g2.width) {
    pause();
    const p1 = points1 + waiting * g1.size;
    const p2 = points2 + waiting * g2.size;
    if (!g1.decodeInSubgroup(input, at, p1)) return undefined;
    if (!g2.decodeInSubgroup(input, at + g1.width, p2)) return undefined;
    if (!g1.isInfinity(p1) && !g2.isInfinity(p2)) waiting++;
    if (waiting === PAIRS_AT_ONCE) {
      curve.multiplyPairings(product, points1, points2, waiting);
      waiting = 0;
    }
  }
  if (waiting > 0) curve.multiplyPairings(product, points1, points2, waiting);
  const output = new Uint8Array(OUTPUT_BYTES);
  output[OUTPUT_BYTES - 1] = curve.isOne(product) ? 1 : 0;
  return output;
}
