/** Where the gas limit stands among the fields, by type: legacy, EIP-2930, 1559, 4844, 7702. */
const FIELD = [2, 3, 4, 4, 4];
const MAX_SHORT = 55;

/** Gas limit of an encoded transaction, without decoding the rest of it; 0 when that is none. */
export function gasLimitOf(raw: Uint8Array): number {
  const isLegacy = raw[0] >= 0xc0;
  const field = isLegacy ? FIELD[0] : FIELD[raw[0]];
  let at = isLegacy ? 0 : 1;
  if (field === undefined || !(raw[at] >= 0xc0)) return 0;
  // Into the list: its header, and that header's length of the length.
  at += 1 + Math.max(0, raw[at] - 0xc0 - MAX_SHORT);
  for (let i = 0; i < field; i++) {
    // Fields before it are numbers: no list, nothing longer than 55 bytes.
    if (!(raw[at] <= 0x80 + MAX_SHORT)) return 0;
    at += raw[at] < 0x80 ? 1 : 1 + raw[at] - 0x80;
  }
  const head = raw[at];
  if (head < 0x80) return head;
  let limit = 0;
  // A gas limit is a 64-bit number.
  if (!(head <= 0x88) || at + head - 0x80 >= raw.length) return 0;
  for (let i = 1; i <= head - 0x80; i++) limit = limit * 256 + raw[at + i];
  return limit;
}
