import { bytesToBigInt, bytesToHex } from '@flotilla/common';

/** `Error(string)`, what `require` and `revert("…")` return. */
const ERROR_SELECTOR = '0x08c379a0';
/** `Panic(uint256)`, what the compiler's own checks return. */
const PANIC_SELECTOR = '0x4e487b71';

const PANICS: Record<string, string> = {
  0: 'generic panic',
  1: 'assert(false)',
  17: 'arithmetic underflow or overflow',
  18: 'division or modulo by zero',
  33: 'enum overflow',
  34: 'invalid encoded storage byte array accessed',
  49: 'out-of-bounds array access; popping on an empty array',
  50: 'out-of-bounds access of an array or bytesN',
  65: 'out of memory',
  81: 'uninitialized function',
};

/** The text in a revert's data, in geth's words; undefined for custom errors and malformed data. */
export function revertReason(output: Uint8Array): string | undefined {
  if (output.length < 4) return undefined;
  const selector = bytesToHex(output.subarray(0, 4));
  const body = output.subarray(4);
  if (selector === PANIC_SELECTOR && body.length >= 32) {
    const code = bytesToBigInt(body.subarray(0, 32));
    return PANICS[code.toString()] ?? `unknown panic code: 0x${code.toString(16)}`;
  }
  if (selector !== ERROR_SELECTOR || body.length < 64) return undefined;
  const offset = bytesToBigInt(body.subarray(0, 32));
  if (offset + 32n > BigInt(body.length)) return undefined;
  const start = Number(offset) + 32;
  const length = bytesToBigInt(body.subarray(start - 32, start));
  if (length > BigInt(body.length - start)) return undefined;
  return new TextDecoder().decode(body.subarray(start, start + Number(length)));
}

/** As geth says that something reverted. */
export function revertMessage(output: Uint8Array): string {
  const reason = revertReason(output);
  return reason === undefined ? 'execution reverted' : `execution reverted: ${reason}`;
}
