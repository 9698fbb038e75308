import { bytesToBigInt, concatBytes, equalBytes, hexToBytes } from '@flotilla/common';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { sha256 } from '../precompiles/hashes.js';

// EIP-4844 by another library, to compare with.

const INPUT_BYTES = 192;
const VERSION = 0x01;
const G1 = bls12_381.G1.Point;
const G2 = bls12_381.G2.Point;
const { Fr, Fp12 } = bls12_381.fields;

/** [τ]₂ of Ethereum's KZG ceremony: `g2_monomial[1]` of the consensus specification's trusted setup. */
const TAU_G2 =
  'b5bfd7dd8cdeb128843bc287230af38926187075cbfbefa81009a2ce615ac53d2914e5870cb452d2afaaab24f3499f72185cbfee53492714734429b7b38608e23926c911cceceac9a36851477ba4c60b087041de621000edc98edada20c1def2';

/** FIELD_ELEMENTS_PER_BLOB and BLS_MODULUS, 32 bytes each. */
const OUTPUT = hexToBytes(
  '0x000000000000000000000000000000000000000000000000000000000000100073eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001',
);

let tau: typeof G2.BASE | undefined;

/** e(C − [y]₁, G₂) = e(π, [τ]₂ − [z]₂), as a product of pairings. */
function isValidProof(commitment: Uint8Array, z: bigint, y: bigint, proof: Uint8Array): boolean {
  tau ??= G2.fromHex(TAU_G2);
  const left = G1.fromBytes(commitment).subtract(G1.BASE.multiplyUnsafe(y));
  const quotient = G1.fromBytes(proof);
  const divisor = tau.subtract(G2.BASE.multiplyUnsafe(z));
  const pairs = [
    { g1: left.negate(), g2: G2.BASE },
    { g1: quotient, g2: divisor },
  ].filter(({ g1, g2 }) => !g1.is0() && !g2.is0());
  return pairs.length === 0 || Fp12.eql(bls12_381.pairingBatch(pairs), Fp12.ONE);
}

export function noblePointEvaluation(input: Uint8Array): Uint8Array | undefined {
  if (input.length !== INPUT_BYTES) return undefined;
  const commitment = input.subarray(96, 144);
  const digest = sha256(commitment);
  const versionedHash = concatBytes(Uint8Array.of(VERSION), digest.subarray(1));
  if (!equalBytes(versionedHash, input.subarray(0, 32))) return undefined;
  const z = bytesToBigInt(input.subarray(32, 64));
  const y = bytesToBigInt(input.subarray(64, 96));
  if (z >= Fr.ORDER || y >= Fr.ORDER) return undefined;
  try {
    return isValidProof(commitment, z, y, input.subarray(144, 192)) ? OUTPUT : undefined;
  } catch {
    // The library throws for bytes that are no point of the subgroup.
    return undefined;
  }
}
