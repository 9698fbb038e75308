import { createKeccak } from 'hash-wasm';
import { type Hash, type Hex, hexToBytes } from './bytes.js';

// One WASM hasher per thread: `init` resets it, so calls must not interleave, and synchronous ones can't.
const hasher = await createKeccak(256);

/**
 * Small arrays lie in V8's own heap, where the hasher can't have them: it would first have them moved out, which takes
 * longer than the hash. A view for each length, of memory that is outside.
 */
const SMALL_BYTES = 64;
const room = new Uint8Array(SMALL_BYTES + 1);
const views = Array.from({ length: SMALL_BYTES + 1 }, (_, length) => room.subarray(0, length));

function reachable(data: Uint8Array): Uint8Array {
  const { length } = data;
  if (length > SMALL_BYTES) return data;
  for (let i = 0; i < length; i++) room[i] = data[i];
  return views[length];
}

/** Keccak-256 (the pre-NIST padding that Ethereum uses), 32 bytes. Takes about 1 µs for short inputs. */
export function keccak256(data: Uint8Array): Uint8Array {
  return hasher.init().update(reachable(data)).digest('binary');
}

export function keccak256Hex(data: Uint8Array): Hash {
  return `0x${hasher.init().update(reachable(data)).digest('hex')}`;
}

export function keccak256OfHex(data: Hex): Hash {
  return keccak256Hex(hexToBytes(data));
}
