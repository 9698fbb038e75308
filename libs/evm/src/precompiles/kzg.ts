import { concatBytes, equalBytes, hexToBytes } from '@flotilla/common';
import { sha256 } from './hashes.js';
import { bls12381Curve } from './mcl/bls12-381-curve.js';
import { isBelow } from './mcl/field.js';
import type { Pointer } from './mcl/module.js';
import { precompile } from './precompile.js';

// EIP-4844. Checking one evaluation needs a single point of the trusted setup, so the 4,096 others are not loaded.

const INPUT_BYTES = 192;
const VERSION = 0x01;

/** The generators, and [τ]₂ of Ethereum's KZG ceremony: `g2_monomial[1]` of the consensus
 * specification's trusted setup. */
const G1 = hexToBytes(
  '0x97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb',
);
const G2 = hexToBytes(
  '0x93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8',
);
const TAU_G2 = hexToBytes(
  '0xb5bfd7dd8cdeb128843bc287230af38926187075cbfbefa81009a2ce615ac53d2914e5870cb452d2afaaab24f3499f72185cbfee53492714734429b7b38608e23926c911cceceac9a36851477ba4c60b087041de621000edc98edada20c1def2',
);

const ORDER = hexToBytes('0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001');

/** FIELD_ELEMENTS_PER_BLOB and BLS_MODULUS, 32 bytes each. */
const OUTPUT = concatBytes(hexToBytes(`0x${'1000'.padStart(64, '0')}`), ORDER);

/** The constants in the library's memory: both of the second group lie one after the other. */
let setup: { readonly base: Pointer; readonly divisors: Pointer } | undefined;

function openSetup({ g1, g2 }: ReturnType<typeof bls12381Curve>) {
  const base = g1.keep();
  const divisors = g2.keep(2);
  g1.decompress(G1, base);
  g2.decompress(G2, divisors);
  g2.decompress(TAU_G2, divisors + g2.size);
  return { base, divisors };
}

/** e(C − [y]₁, G₂) = e(π, [τ − z]₂), as e(C − [y]₁ + [z]π, G₂) e(−π, [τ]₂) = 1. */
function isValidProof(
  commitment: Uint8Array,
  z: Uint8Array,
  y: Uint8Array,
  proof: Uint8Array,
): boolean {
  const curve = bls12381Curve();
  setup ??= openSetup(curve);
  const { g1, g2 } = curve;
  const left = g1.take(2);
  const quotient = left + g1.size;
  if (!g1.decompress(commitment, left) || !g1.decompress(proof, quotient)) return false;

  const product = g1.take();
  const scalar = curve.takeScalars();
  curve.decodeScalar(y, 0, scalar);
  g1.multiply(product, setup.base, scalar);
  g1.subtract(left, left, product);
  curve.decodeScalar(z, 0, scalar);
  g1.multiply(product, quotient, scalar);
  g1.add(left, left, product);
  g1.negate(quotient, quotient);

  const pairings = curve.takeProduct();
  if (!g1.isInfinity(left) && !g1.isInfinity(quotient)) {
    curve.multiplyPairings(pairings, left, setup.divisors, 2);
  } else if (!g1.isInfinity(left)) {
    curve.multiplyPairings(pairings, left, setup.divisors, 1);
  } else if (!g1.isInfinity(quotient)) {
    curve.multiplyPairings(pairings, quotient, setup.divisors + g2.size, 1);
  }
  return curve.isOne(pairings);
}

function evaluate(input: Uint8Array): Uint8Array | undefined {
  if (input.length !== INPUT_BYTES) return undefined;
  const commitment = input.subarray(96, 144);
  const digest = sha256(commitment);
  const versionedHash = concatBytes(Uint8Array.of(VERSION), digest.subarray(1));
  if (!equalBytes(versionedHash, input.subarray(0, 32))) return undefined;
  if (!isBelow(input, 32, ORDER) || !isBelow(input, 64, ORDER)) return undefined;
  const z = input.subarray(32, 64);
  const y = input.subarray(64, 96);
  return isValidProof(commitment, z, y, input.subarray(144, 192)) ? OUTPUT : undefined;
}

/** 0x0a. */
export const KZG_POINT_EVALUATION = precompile({ gas: () => 50_000, run: evaluate });
