import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { type KeyPair, Prefix } from '@nats-io/nkeys';
import { base32nopad } from '@scure/base';

/** What stands before the 32 bytes of an ed25519 key in PKCS #8 (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED_AT = 2;
const SEED_BYTES = 32;
/** CRC-16/XMODEM, by which each text form of a key ends. */
const POLYNOMIAL = 0x1021;

/**
 * An nkey that derives its parts and signs by OpenSSL. The library's own derives everything anew at each use, in
 * JavaScript: a dozen times for one chain's credentials, 30 ms during which the control plane does nothing else.
 */
export class SigningKey implements KeyPair {
  readonly #key: KeyObject;
  readonly #publicKey: string;
  readonly #privateKey: Uint8Array;

  constructor(private readonly pair: KeyPair) {
    const decoded = base32nopad.decode(new TextDecoder().decode(pair.getSeed()));
    const seed = decoded.subarray(SEED_AT, SEED_AT + SEED_BYTES);
    const key = Buffer.concat([PKCS8_HEAD, seed]);
    this.#key = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
    const { x = '' } = createPublicKey(this.#key).export({ format: 'jwk' });
    const publicKey = Buffer.from(x, 'base64url');
    this.#publicKey = encodeKey(roleOf(decoded), publicKey);
    const both = encodeKey(Prefix.Private, Buffer.concat([seed, publicKey]));
    this.#privateKey = new TextEncoder().encode(both);
  }

  getPublicKey(): string {
    return this.#publicKey;
  }

  getPrivateKey(): Uint8Array {
    return this.#privateKey;
  }

  getSeed(): Uint8Array {
    return this.pair.getSeed();
  }

  sign(input: Uint8Array): Uint8Array {
    return new Uint8Array(sign(null, input, this.#key));
  }

  verify(input: Uint8Array, signature: Uint8Array): boolean {
    return this.pair.verify(input, signature);
  }

  clear(): void {
    this.pair.clear();
  }

  seal(input: Uint8Array, recipient: string, nonce?: Uint8Array): Uint8Array {
    return this.pair.seal(input, recipient, nonce);
  }

  open(message: Uint8Array, sender: string): Uint8Array | null {
    return this.pair.open(message, sender);
  }
}

/** A seed begins with 5 bits that say that it is one, and 8 of what it is for (nkeys). */
function roleOf([first, second]: Uint8Array): number {
  return ((first & 0b111) << 5) | (second >> 3);
}

function encodeKey(prefix: number, key: Uint8Array): string {
  const body = Uint8Array.of(prefix, ...key);
  const sum = checksum(body);
  return base32nopad.encode(Uint8Array.of(...body, sum & 0xff, sum >> 8));
}

function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) {
      sum = (sum & 0x8000 ? (sum << 1) ^ POLYNOMIAL : sum << 1) & 0xffff;
    }
  }
  return sum;
}
