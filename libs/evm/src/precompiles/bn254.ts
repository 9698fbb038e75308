import { bn254Curve } from './mcl/bn254-curve.js';
import { checkPairings } from './pairing-check.js';
import { type Pause, precompile, sliceBytes } from './precompile.js';

// EIP-196 and EIP-197 at the prices of EIP-1108.

const G1_BYTES = 64;
const SCALAR_BYTES = 32;
const PAIR_BYTES = 192;

function add(input: Uint8Array): Uint8Array | undefined {
  const { g1 } = bn254Curve();
  const bytes = sliceBytes(input, 0, 2 * G1_BYTES);
  const a = g1.take();
  const b = g1.take();
  if (!g1.decode(bytes, 0, a) || !g1.decode(bytes, G1_BYTES, b)) return undefined;
  g1.add(a, a, b);
  return g1.encode(a);
}

function multiply(input: Uint8Array): Uint8Array | undefined {
  const curve = bn254Curve();
  const { g1 } = curve;
  const bytes = sliceBytes(input, 0, G1_BYTES + SCALAR_BYTES);
  const point = g1.take();
  const scalar = curve.takeScalars();
  if (!g1.decode(bytes, 0, point)) return undefined;
  curve.decodeScalar(bytes, G1_BYTES, scalar);
  g1.multiply(point, point, scalar);
  return g1.encode(point);
}

function pairing(input: Uint8Array, pause: Pause): Uint8Array | undefined {
  if (input.length % PAIR_BYTES !== 0) return undefined;
  return checkPairings(bn254Curve(), input, pause);
}

/** 0x06. */
export const BN254_ADD = precompile({ gas: () => 150, run: add });

/** 0x07. */
export const BN254_MUL = precompile({ gas: () => 6_000, run: multiply });

/** 0x08. */
export const BN254_PAIRING = precompile({
  gas: (input) => 45_000 + 34_000 * Math.floor(input.length / PAIR_BYTES),
  run: pairing,
});
