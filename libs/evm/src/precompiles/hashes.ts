import { EMPTY_BYTES, hexToBytes } from '@flotilla/common';
import { createRIPEMD160, createSHA256 } from 'hash-wasm';
import { EvmError } from '../errors.js';
import { wordCount } from '../gas.js';
import { recoverAddress } from '../signature.js';
import { precompile, sliceBytes } from './precompile.js';

const ADDRESS_PADDING = 12;

// One hasher of each per thread: `init` resets it, so calls must not interleave, and synchronous ones can't.
const sha256Hasher = await createSHA256();
const ripemd160Hasher = await createRIPEMD160();

export function sha256(data: Uint8Array): Uint8Array {
  return sha256Hasher.init().update(data).digest('binary');
}

function ripemd160(data: Uint8Array): Uint8Array {
  return ripemd160Hasher.init().update(data).digest('binary');
}

function padded(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(32);
  out.set(bytes, 32 - bytes.length);
  return out;
}

function recover(input: Uint8Array): Uint8Array {
  const v = sliceBytes(input, 32, 32);
  const parity = v[31] - 27;
  if ((parity !== 0 && parity !== 1) || v.subarray(0, 31).some((byte) => byte !== 0)) {
    return EMPTY_BYTES;
  }
  try {
    const digest = sliceBytes(input, 0, 32);
    const r = sliceBytes(input, 64, 32);
    const s = sliceBytes(input, 96, 32);
    const out = new Uint8Array(32);
    out.set(hexToBytes(recoverAddress(digest, r, s, parity)), ADDRESS_PADDING);
    return out;
  } catch (error) {
    if (error instanceof EvmError) return EMPTY_BYTES;
    throw error;
  }
}

/** 0x01: the signer's address, padded to 32 bytes; nothing for an invalid signature. */
export const ECRECOVER = precompile({ gas: () => 3_000, run: recover });

/** 0x02. */
export const SHA256 = precompile({
  gas: (input) => 60 + 12 * wordCount(input.length),
  run: sha256,
});

/** 0x03. */
export const RIPEMD160 = precompile({
  gas: (input) => 600 + 120 * wordCount(input.length),
  run: (input) => padded(ripemd160(input)),
});

/** 0x04. */
export const IDENTITY = precompile({
  gas: (input) => 15 + 3 * wordCount(input.length),
  run: (input) => input,
});
