/** Pieces of bytes in two pieces of memory, which travel between threads without being copied one by one. */
export interface PackedRaws {
  readonly bytes: Uint8Array;
  /** Where each piece ends. */
  readonly ends: Uint32Array;
}

export function packRaws(raws: readonly Uint8Array[]): PackedRaws {
  const bytes = new Uint8Array(raws.reduce((sum, raw) => sum + raw.length, 0));
  const ends = new Uint32Array(raws.length);
  let at = 0;
  for (const [index, raw] of raws.entries()) {
    bytes.set(raw, at);
    at += raw.length;
    ends[index] = at;
  }
  return { bytes, ends };
}

/** Views, in their order. */
export function unpackRaws({ bytes, ends }: PackedRaws): Uint8Array[] {
  return Array.from(ends, (end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
}
