import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import type { KeyPair } from '@nats-io/nkeys';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** What stands before the 32 bytes of an ed25519 key in PKCS #8 (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED_AT = 2;
const SEED_BYTES = 32;

/**
 * An nkey that derives its parts once and signs by OpenSSL. The library's own derives everything anew at each use, in
 * JavaScript: a dozen times for one chain's credentials, 30 ms during which the control plane does nothing else.
 */
export class SigningKey implements KeyPair {
  readonly #key: KeyObject;
  #publicKey: string | undefined;
  #privateKey: Uint8Array | undefined;

  constructor(private readonly pair: KeyPair) {
    const seed = decodeBase32(pair.getSeed()).subarray(SEED_AT, SEED_AT + SEED_BYTES);
    const key = Buffer.concat([PKCS8_HEAD, seed]);
    this.#key = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  }

  getPublicKey(): string {
    this.#publicKey ??= this.pair.getPublicKey();
    return this.#publicKey;
  }

  getPrivateKey(): Uint8Array {
    this.#privateKey ??= this.pair.getPrivateKey();
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

/** RFC 4648, without padding. */
function decodeBase32(text: Uint8Array): Uint8Array {
  const bytes: number[] = [];
  let bits = 0;
  let length = 0;
  for (const code of text) {
    bits = ((bits << 5) | BASE32.indexOf(String.fromCharCode(code))) & 0xfff;
    length += 5;
    if (length < 8) continue;
    length -= 8;
    bytes.push((bits >> length) & 0xff);
  }
  return Uint8Array.from(bytes);
}
