const SLAB_BYTES = 64 * 1024;
const LARGEST_SHARED = 4 * 1024;

let slab = new Uint8Array(SLAB_BYTES);
let used = 0;

/**
 * Zeroed room for some bytes that don't live long. Small pieces share a buffer, which is several times cheaper than a
 * buffer each, but is kept until all of its pieces are gone.
 */
export function allocateBytes(length: number): Uint8Array {
  if (length > LARGEST_SHARED) return new Uint8Array(length);
  if (used + length > SLAB_BYTES) {
    slab = new Uint8Array(SLAB_BYTES);
    used = 0;
  }
  const start = used;
  used += length;
  return slab.subarray(start, used);
}
