/** One value of 0 to 15 per element. */
export type Nibbles = Uint8Array;

export function bytesToNibbles(bytes: Uint8Array): Nibbles {
  const nibbles = new Uint8Array(bytes.length * 2);
  for (let i = 0; i < bytes.length; i++) {
    nibbles[2 * i] = bytes[i] >> 4;
    nibbles[2 * i + 1] = bytes[i] & 15;
  }
  return nibbles;
}

/** How many nibbles two paths share, from the given places on. */
export function sharedLength(a: Nibbles, aFrom: number, b: Nibbles, bFrom: number): number {
  const limit = Math.min(a.length - aFrom, b.length - bFrom);
  let length = 0;
  while (length < limit && a[aFrom + length] === b[bFrom + length]) length++;
  return length;
}

/** Writes the hex-prefix encoding (Yellow Paper, appendix C); returns the place after it. */
export function writeHexPrefix(
  path: Nibbles,
  isLeaf: boolean,
  target: Uint8Array,
  at: number,
): number {
  const odd = path.length & 1;
  const flag = (isLeaf ? 2 : 0) | odd;
  let out = at;
  target[out++] = (flag << 4) | (odd === 1 ? path[0] : 0);
  for (let i = odd; i < path.length; i += 2) target[out++] = (path[i] << 4) | path[i + 1];
  return out;
}

export function hexPrefixLength(path: Nibbles): number {
  return 1 + (path.length >> 1);
}

/** Undefined when the encoding is not canonical. */
export function readHexPrefix(
  bytes: Uint8Array,
): { readonly path: Nibbles; readonly isLeaf: boolean } | undefined {
  if (bytes.length === 0) return undefined;
  const flag = bytes[0] >> 4;
  if (flag > 3) return undefined;
  const odd = flag & 1;
  if (odd === 0 && (bytes[0] & 15) !== 0) return undefined;
  const path = new Uint8Array((bytes.length - 1) * 2 + odd);
  let out = 0;
  if (odd === 1) path[out++] = bytes[0] & 15;
  for (let i = 1; i < bytes.length; i++) {
    path[out++] = bytes[i] >> 4;
    path[out++] = bytes[i] & 15;
  }
  return { path, isLeaf: (flag & 2) !== 0 };
}
