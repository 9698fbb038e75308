/** RLP list and string headers around bytes that are encoded already: no decoding, no copy but the last. */

function header(length: number, offset: number): number[] {
  if (length < 56) return [offset + length];
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return [offset + 55 + digits.length, ...digits];
}

/** Concatenates any number of parts; `concatBytes` takes them as arguments, of which there can't be so many. */
export function joinBytes(
  parts: readonly Uint8Array[],
  prefix: readonly number[] = [],
): Uint8Array {
  let length = prefix.length;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  out.set(prefix);
  let at = prefix.length;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** A list whose items are encoded already. */
export function rlpList(encodedItems: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const item of encodedItems) length += item.length;
  return joinBytes(encodedItems, header(length, 0xc0));
}

/** A byte string of more than one byte. */
export function rlpString(bytes: Uint8Array): Uint8Array {
  return joinBytes([bytes], header(bytes.length, 0x80));
}
