import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { addressOfKey } from '@flotilla/anchoring';
import { type Address, bytesToHex, hexToBytes, isHex, type Random } from '@flotilla/common';
import { NodeError, NodeErrorCode } from '../errors.js';
import { writeAtomically } from './write-atomically.js';

export interface CommitteeKey {
  readonly privateKey: Uint8Array;
  readonly address: Address;
}

/** secp256k1's group order: a private key is 1 to order - 1. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/**
 * The key in `<folder>/keys/committee.key` (hex, readable by its owner only), drawn once and durable
 * before it is returned.
 * @throws NodeError `NODE_FILE_CORRUPT`
 */
export function loadOrCreateCommitteeKey(folder: string, random: Random): CommitteeKey {
  const file = join(folder, 'keys', 'committee.key');
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeAtomically(file, `${bytesToHex(draw(random))}\n`, { mode: 0o600 });
  }
  const text = readFileSync(file, 'utf8').trim();
  const hex = text.startsWith('0x') ? text : `0x${text}`;
  if (!isHex(hex, 32) || !isPrivateKey(hexToBytes(hex))) {
    throw new NodeError(NodeErrorCode.CorruptFile, `${file} doesn't hold a private key`);
  }
  const privateKey = hexToBytes(hex);
  return { privateKey, address: addressOfKey(privateKey) };
}

function isPrivateKey(bytes: Uint8Array): boolean {
  const number = BigInt(bytesToHex(bytes));
  return number > 0n && number < ORDER;
}

function draw(random: Random): Uint8Array {
  for (;;) {
    const bytes = random.bytes(32);
    if (isPrivateKey(bytes)) return bytes;
  }
}
