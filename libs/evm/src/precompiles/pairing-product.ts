import type { Pause } from './precompile.js';

/** What a library's curve offers: the product of Miller loops, and what follows once for all of them. */
interface PairingCurve<Pair, Value> {
  pairingBatch(pairs: Pair[], withFinalExponent: boolean): Value;
  readonly fields: {
    readonly Fp12: {
      readonly ONE: Value;
      mul(a: Value, b: Value): Value;
      eql(a: Value, b: Value): boolean;
      finalExponentiate(value: Value): Value;
    };
  };
}

/** Together they take tens of milliseconds, and share what can be shared. */
const PAIRS_AT_ONCE = 16;

/** Whether the product of the pairings is one. A call may pay for thousands of pairs: it pauses between some. */
export function isPairingProductOne<Pair, Value>(
  curve: PairingCurve<Pair, Value>,
  pairs: readonly Pair[],
  pause: Pause,
): boolean {
  const { Fp12 } = curve.fields;
  let product = Fp12.ONE;
  for (let at = 0; at < pairs.length; at += PAIRS_AT_ONCE) {
    pause();
    const part = curve.pairingBatch(pairs.slice(at, at + PAIRS_AT_ONCE), false);
    product = Fp12.mul(product, part);
  }
  return Fp12.eql(Fp12.finalExponentiate(product), Fp12.ONE);
}
