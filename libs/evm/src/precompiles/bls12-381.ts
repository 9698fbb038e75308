import { G1_DISCOUNTS, G2_DISCOUNTS, msmGas } from './bls12-381-gas.js';
import { bls12381Curve } from './mcl/bls12-381-curve.js';
import { checkPairings } from './pairing-check.js';
import { type Pause, type PrecompileRules, precompile } from './precompile.js';

// EIP-2537. A coordinate takes 64 bytes, of which the first 16 are zero.

const FP_BYTES = 64;
const G1_BYTES = 2 * FP_BYTES;
const G2_BYTES = 4 * FP_BYTES;
const SCALAR_BYTES = 32;
const PAIR_BYTES = G1_BYTES + G2_BYTES;
/** Points of one multi-scalar multiplication: more would save little, and let a deadline wait. */
const POINTS_AT_ONCE = 128;

type Run = PrecompileRules['run'];
type GroupName = 'g1' | 'g2';

/** The additions take any points of the curve; multiplications and pairings only those of the subgroup. */
function addition(name: GroupName): Run {
  return (input) => {
    const group = bls12381Curve()[name];
    if (input.length !== 2 * group.width) return undefined;
    const a = group.take();
    const b = group.take();
    if (!group.decode(input, 0, a) || !group.decode(input, group.width, b)) return undefined;
    group.add(a, a, b);
    return group.encode(a);
  };
}

function multiplication(name: GroupName): Run {
  return (input, pause) => {
    const curve = bls12381Curve();
    const group = curve[name];
    const termBytes = group.width + SCALAR_BYTES;
    if (input.length === 0 || input.length % termBytes !== 0) return undefined;
    const sum = group.take();
    const part = group.take();
    const points = group.take(POINTS_AT_ONCE);
    const scalars = curve.takeScalars(POINTS_AT_ONCE);
    let waiting = 0;
    const flush = () => {
      if (waiting > 0) group.sumOfProducts(part, points, scalars, waiting);
      if (waiting > 0) group.add(sum, sum, part);
      waiting = 0;
    };
    group.setInfinity(sum);
    for (let at = 0; at < input.length; at += termBytes) {
      pause();
      const point = points + waiting * group.size;
      if (!group.decodeInSubgroup(input, at, point)) return undefined;
      if (group.isInfinity(point)) continue;
      curve.decodeScalar(input, at + group.width, curve.scalarAt(scalars, waiting));
      if (++waiting === POINTS_AT_ONCE) flush();
    }
    flush();
    return group.encode(sum);
  };
}

function pairing(input: Uint8Array, pause: Pause): Uint8Array | undefined {
  if (input.length === 0 || input.length % PAIR_BYTES !== 0) return undefined;
  return checkPairings(bls12381Curve(), input, pause);
}

function mapToG1(input: Uint8Array): Uint8Array | undefined {
  if (input.length !== FP_BYTES) return undefined;
  const curve = bls12381Curve();
  const point = curve.g1.take();
  return curve.mapToG1(input, point) ? curve.g1.encode(point) : undefined;
}

function mapToG2(input: Uint8Array): Uint8Array | undefined {
  if (input.length !== 2 * FP_BYTES) return undefined;
  const curve = bls12381Curve();
  const point = curve.g2.take();
  return curve.mapToG2(input, point) ? curve.g2.encode(point) : undefined;
}

/** 0x0b. */
export const BLS_G1_ADD = precompile({ gas: () => 375, run: addition('g1') });

/** 0x0c. */
export const BLS_G1_MSM = precompile({
  gas: (input) => msmGas(Math.floor(input.length / 160), 12_000, G1_DISCOUNTS),
  run: multiplication('g1'),
});

/** 0x0d. */
export const BLS_G2_ADD = precompile({ gas: () => 600, run: addition('g2') });

/** 0x0e. */
export const BLS_G2_MSM = precompile({
  gas: (input) => msmGas(Math.floor(input.length / 288), 22_500, G2_DISCOUNTS),
  run: multiplication('g2'),
});

/** 0x0f. */
export const BLS_PAIRING = precompile({
  gas: (input) => 37_700 + 32_600 * Math.floor(input.length / PAIR_BYTES),
  run: pairing,
});

/** 0x10. */
export const BLS_MAP_FP_TO_G1 = precompile({ gas: () => 5_500, run: mapToG1 });

/** 0x11. */
export const BLS_MAP_FP2_TO_G2 = precompile({ gas: () => 23_800, run: mapToG2 });
