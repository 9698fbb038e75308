import { type Address, bigIntToHex, type Hash, type Hex, isHex } from '@flotilla/common';
import { AnchoringError, AnchoringErrorCode } from './errors.js';
import { recoverSigner, SIGNATURE_BYTES } from './signature.js';

/** The registry refuses larger committees: past this, verifying on chain costs more than BLS would. */
export const MAX_COMMITTEE_SIZE = 64;

/** Signatures of a committee as `CheckpointManager.submit` takes them. */
export interface Quorum {
  /** 32 bytes, big-endian: bit i is set when member i of the (ascending) committee signed. */
  readonly bitmap: Hex;
  /** 65 bytes r ‖ s ‖ v for each set bit, in ascending order of the members. */
  readonly signatures: Hex;
}

function error(code: AnchoringErrorCode, message: string): AnchoringError {
  return new AnchoringError(code, message);
}

/**
 * @throws AnchoringError `INVALID_COMMITTEE` unless 1 to 64 members ascend strictly, none zero, and
 * the threshold is between 1 and their number
 */
export function assertCommittee(committee: readonly Address[], threshold: number): void {
  const { InvalidCommittee } = AnchoringErrorCode;
  if (committee.length < 1 || committee.length > MAX_COMMITTEE_SIZE) {
    throw error(InvalidCommittee, `a committee has 1 to ${MAX_COMMITTEE_SIZE} members`);
  }
  let previous = 0n;
  for (const member of committee) {
    if (!isHex(member, 20)) throw error(InvalidCommittee, `not an address: ${member}`);
    if (BigInt(member) <= previous) {
      throw error(InvalidCommittee, 'members must ascend strictly and not be zero');
    }
    previous = BigInt(member);
  }
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > committee.length) {
    throw error(InvalidCommittee, 'the threshold is between 1 and the number of members');
  }
}

function memberNumbers(bitmap: bigint): number[] {
  const numbers: number[] = [];
  for (let rest = bitmap, i = 0; rest > 0n; rest >>= 1n, i++) if (rest & 1n) numbers.push(i);
  return numbers;
}

function splitSignatures(packed: Hex): Hex[] {
  const digits = 2 * SIGNATURE_BYTES;
  if (!isHex(packed) || (packed.length - 2) % digits !== 0) {
    throw error(AnchoringErrorCode.InvalidSignature, `not a multiple of ${SIGNATURE_BYTES} bytes`);
  }
  const count = (packed.length - 2) / digits;
  return Array.from({ length: count }, (_, i): Hex => {
    const start = 2 + i * digits;
    return `0x${packed.slice(start, start + digits)}`;
  });
}

/** The signers in the order of the packed signatures. @throws AnchoringError `INVALID_SIGNATURE` */
export function recoverSigners(digest: Hash, signatures: Hex): Address[] {
  return splitSignatures(signatures).map((signature) => recoverSigner(digest, signature));
}

/**
 * Packs members' signatures, given in any order, for the root.
 * @throws AnchoringError `INVALID_COMMITTEE`, `INVALID_SIGNATURE`, `WRONG_SIGNER` for a stranger or a
 * member that signed twice
 */
export function buildQuorum(
  digest: Hash,
  signatures: readonly Hex[],
  committee: readonly Address[],
): Quorum {
  assertCommittee(committee, 1);
  const byMember = new Map<number, Hex>();
  for (const signature of signatures) {
    const member = committee.indexOf(recoverSigner(digest, signature));
    if (member < 0 || byMember.has(member)) {
      throw error(AnchoringErrorCode.WrongSigner, 'signed by a stranger, or twice by one member');
    }
    byMember.set(member, signature);
  }
  const members = [...byMember.keys()].sort((a, b) => a - b);
  const bitmap = members.reduce((bits, member) => bits | (1n << BigInt(member)), 0n);
  return {
    bitmap: bigIntToHex(bitmap, 32),
    signatures: `0x${members.map((member) => byMember.get(member)!.slice(2)).join('')}`,
  };
}

/**
 * Applies the root's own rule: every named member's signature is valid, and there are enough.
 * @returns the signers, ascending
 * @throws AnchoringError `INVALID_COMMITTEE`, `INVALID_BITMAP`, `QUORUM_NOT_REACHED`,
 * `INVALID_SIGNATURE` or `WRONG_SIGNER`
 */
export function verifyQuorum(
  digest: Hash,
  quorum: Quorum,
  committee: readonly Address[],
  threshold: number,
): Address[] {
  assertCommittee(committee, threshold);
  if (!isHex(quorum.bitmap, 32)) throw error(AnchoringErrorCode.InvalidBitmap, 'not 32 bytes');
  const members = memberNumbers(BigInt(quorum.bitmap));
  const signatures = splitSignatures(quorum.signatures);
  if (members.length !== signatures.length || (members.at(-1) ?? 0) >= committee.length) {
    throw error(AnchoringErrorCode.InvalidBitmap, 'bitmap fits neither committee nor signatures');
  }
  if (members.length < threshold) {
    throw error(
      AnchoringErrorCode.QuorumNotReached,
      `${members.length} of ${threshold} signatures`,
    );
  }
  return members.map((member, i) => {
    if (recoverSigner(digest, signatures[i]) !== committee[member]) {
      throw error(AnchoringErrorCode.WrongSigner, `signature ${i} is not that of member ${member}`);
    }
    return committee[member];
  });
}
