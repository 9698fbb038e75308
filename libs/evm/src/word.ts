/**
 * A 256-bit stack word. Held as a JS number up to `Number.MAX_SAFE_INTEGER` and as a bigint above it, never otherwise,
 * so `===` compares words. Most words of real programs (offsets, counters, flags, selectors) are small, and number
 * arithmetic is ten to twenty times as fast in V8 as bigint arithmetic.
 */
export type Word = number | bigint;

export const MAX_SAFE = Number.MAX_SAFE_INTEGER;
const MAX_SAFE_BIG = BigInt(MAX_SAFE);
const WORD_MASK = (1n << 256n) - 1n;
const SIGN_BIT = 1n << 255n;
const INT31_MAX = 0x7fffffff;
const TWO_32 = 0x100000000;
const POWERS_OF_TWO = Float64Array.from({ length: 54 }, (_, i) => 2 ** i);
const BIG_SHIFTS = Array.from({ length: 256 }, (_, i) => BigInt(i));

/** @param value in [0, 2^256) */
export function toWord(value: bigint): Word {
  return value <= MAX_SAFE_BIG ? Number(value) : value;
}

/** The value modulo 2^256 as a word. */
export function wrap(value: bigint): Word {
  return toWord(BigInt.asUintN(256, value));
}

export function toBig(word: Word): bigint {
  return typeof word === 'number' ? BigInt(word) : word;
}

function toSigned(word: Word): bigint {
  return typeof word === 'number' ? BigInt(word) : BigInt.asIntN(256, word);
}

export function add(a: Word, b: Word): Word {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (sum <= MAX_SAFE) return sum;
  }
  return wrap(toBig(a) + toBig(b));
}

export function sub(a: Word, b: Word): Word {
  if (typeof a === 'number' && typeof b === 'number' && a >= b) return a - b;
  return wrap(toBig(a) - toBig(b));
}

export function mul(a: Word, b: Word): Word {
  if (typeof a === 'number' && typeof b === 'number') {
    // Rounding is monotonic, so a product that rounds to at most MAX_SAFE was exact.
    const product = a * b;
    if (product <= MAX_SAFE) return product;
  }
  return wrap(toBig(a) * toBig(b));
}

export function div(a: Word, b: Word): Word {
  if (b === 0) return 0;
  if (typeof a === 'number') {
    if (typeof b !== 'number') return 0;
    return a <= INT31_MAX && b <= INT31_MAX ? (a / b) | 0 : (a - (a % b)) / b;
  }
  return toWord(a / toBig(b));
}

export function mod(a: Word, b: Word): Word {
  if (b === 0) return 0;
  if (typeof a === 'number') return typeof b === 'number' ? a % b : a;
  return toWord(a % toBig(b));
}

export function sdiv(a: Word, b: Word): Word {
  if (b === 0) return 0;
  if (typeof a === 'number' && typeof b === 'number') return div(a, b);
  return wrap(toSigned(a) / toSigned(b));
}

export function smod(a: Word, b: Word): Word {
  if (b === 0) return 0;
  if (typeof a === 'number' && typeof b === 'number') return a % b;
  return wrap(toSigned(a) % toSigned(b));
}

export function addmod(a: Word, b: Word, modulus: Word): Word {
  if (modulus === 0) return 0;
  if (typeof a === 'number' && typeof b === 'number' && typeof modulus === 'number') {
    const sum = a + b;
    if (sum <= MAX_SAFE) return sum % modulus;
  }
  return toWord((toBig(a) + toBig(b)) % toBig(modulus));
}

export function mulmod(a: Word, b: Word, modulus: Word): Word {
  if (modulus === 0) return 0;
  if (typeof a === 'number' && typeof b === 'number' && typeof modulus === 'number') {
    const product = a * b;
    if (product <= MAX_SAFE) return product % modulus;
  }
  return toWord((toBig(a) * toBig(b)) % toBig(modulus));
}

export function exp(base: Word, exponent: Word): Word {
  if (exponent === 0) return 1;
  if (base === 0 || base === 1) return base;
  if (base === 2) return typeof exponent === 'number' && exponent < 256 ? shl(exponent, 1) : 0;
  if (typeof base === 'number' && typeof exponent === 'number') {
    const power = base ** exponent;
    // Math.pow is not exact; below this bound square-and-multiply in numbers is.
    if (power < 2 ** 52) return smallPower(base, exponent);
  }
  let result = 1n;
  let square = toBig(base);
  for (let rest = toBig(exponent); rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = BigInt.asUintN(256, result * square);
    square = BigInt.asUintN(256, square * square);
  }
  return toWord(result);
}

function smallPower(base: number, exponent: number): number {
  let result = 1;
  for (let i = 0; i < exponent; i++) result *= base;
  return result;
}

export function signextend(byteIndex: Word, value: Word): Word {
  if (typeof byteIndex !== 'number' || byteIndex >= 31) return value;
  const bits = 8 * byteIndex + 8;
  if (typeof value === 'number' && bits <= 48) {
    const low = value % POWERS_OF_TWO[bits];
    if (low < POWERS_OF_TWO[bits - 1]) return low;
  }
  return wrap(BigInt.asIntN(bits, toBig(value)));
}

export function lessThan(a: Word, b: Word): boolean {
  if (typeof a === 'number') return typeof b === 'number' ? a < b : true;
  return typeof b === 'number' ? false : a < b;
}

export function signedLessThan(a: Word, b: Word): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  return toSigned(a) < toSigned(b);
}

export function and(a: Word, b: Word): Word {
  if (typeof a === 'number') {
    if (typeof b !== 'number') return andNumbers(a, Number(BigInt.asUintN(53, b)));
    return andNumbers(a, b);
  }
  if (typeof b === 'number') return andNumbers(Number(BigInt.asUintN(53, a)), b);
  return toWord(a & b);
}

function andNumbers(a: number, b: number): number {
  if (a <= INT31_MAX || b <= INT31_MAX) return a & b;
  return ((a / TWO_32) & (b / TWO_32)) * TWO_32 + ((a & b) >>> 0);
}

export function or(a: Word, b: Word): Word {
  if (typeof a === 'number' && typeof b === 'number') {
    if (a <= INT31_MAX && b <= INT31_MAX) return a | b;
    return ((a / TWO_32) | (b / TWO_32)) * TWO_32 + ((a | b) >>> 0);
  }
  return toBig(a) | toBig(b);
}

export function xor(a: Word, b: Word): Word {
  if (typeof a === 'number' && typeof b === 'number') {
    if (a <= INT31_MAX && b <= INT31_MAX) return a ^ b;
    return ((a / TWO_32) ^ (b / TWO_32)) * TWO_32 + ((a ^ b) >>> 0);
  }
  return toWord(toBig(a) ^ toBig(b));
}

export function not(a: Word): Word {
  return toWord(WORD_MASK - toBig(a));
}

/** The byte at `index` from the most significant end. */
export function byteAt(index: Word, value: Word): Word {
  if (typeof index !== 'number' || index >= 32) return 0;
  const shift = 8 * (31 - index);
  if (typeof value === 'number') {
    return shift >= 53 ? 0 : Math.floor(value / POWERS_OF_TWO[shift]) & 0xff;
  }
  return Number(BigInt.asUintN(8, value >> BIG_SHIFTS[shift]));
}

export function shl(shift: Word, value: Word): Word {
  if (typeof shift !== 'number' || shift >= 256) return 0;
  if (typeof value === 'number' && shift < 53) {
    const product = value * POWERS_OF_TWO[shift];
    if (product <= MAX_SAFE) return product;
  }
  return wrap(toBig(value) << BIG_SHIFTS[shift]);
}

export function shr(shift: Word, value: Word): Word {
  if (typeof shift !== 'number' || shift >= 256) return 0;
  if (typeof value === 'number') return shift >= 53 ? 0 : Math.floor(value / POWERS_OF_TWO[shift]);
  return toWord(value >> BIG_SHIFTS[shift]);
}

export function sar(shift: Word, value: Word): Word {
  if (typeof value === 'number' || value < SIGN_BIT) return shr(shift, value);
  if (typeof shift !== 'number' || shift >= 256) return WORD_MASK;
  return wrap(BigInt.asIntN(256, value) >> BIG_SHIFTS[shift]);
}

/** EIP-7939: the number of leading zero bits, 256 for zero. */
export function countLeadingZeros(value: Word): Word {
  if (typeof value === 'number') {
    return value < TWO_32 ? 224 + Math.clz32(value) : 192 + Math.clz32(value / TWO_32);
  }
  return 256 - value.toString(2).length;
}
