/**
 * The rounds of BLAKE2b's compression as a WebAssembly module of one function, assembled here: JavaScript has no
 * 64-bit integers that V8 keeps in registers, and a round in halves takes ten times as long.
 *
 * Memory: the working vector v (16 × 8 bytes, little-endian) at 0 and the message m (16 × 8) at 128. `rounds(n)` works
 * on v in place, through the ten rows of the schedule, unrolled, again and again.
 */
export interface Blake2bModule {
  readonly memory: Uint8Array;
  /** @param count an unsigned 32-bit number */
  rounds(count: number): void;
}

// Node has it; the type library without a DOM does not.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Record<string, unknown> };
};

export const V_AT = 0;
export const M_AT = 128;

const SIGMA = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
  [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
  [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
  [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
  [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

// Locals: 0 is the count of rounds left, 1–16 are v.
const COUNT = 0;
const V = 1;

const I64 = 0x7e;
const I32 = 0x7f;
const BLOCK = 0x02;
const LOOP = 0x03;
const EMPTY_BLOCK = 0x40;
const END = 0x0b;

const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const i32 = (value: number) => [0x41, ...signed(value)];
const i64Load = (offset: number) => [0x29, 3, ...unsigned(offset)];
const i64Store = (offset: number) => [0x37, 3, ...unsigned(offset)];
const I32_EQZ = 0x45;
const I32_SUB = 0x6b;
const I64_ADD = 0x7c;
const I64_XOR = 0x85;
const I64_ROTR = 0x8a;
const BREAK_IF_OUTER = [0x0d, 1];
const CONTINUE = [0x0c, 0];

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  const last = value >= -64 && value < 64;
  return last ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}

/** a += b + m[word] */
function addWord(a: number, b: number, word: number): number[] {
  const message = [...i32(0), ...i64Load(M_AT + 8 * word)];
  return [...get(a), ...get(b), I64_ADD, ...message, I64_ADD, ...set(a)];
}

/** a += b */
function add(a: number, b: number): number[] {
  return [...get(a), ...get(b), I64_ADD, ...set(a)];
}

/** a = (a ^ b) rotated right by `bits` */
function mix(a: number, b: number, bits: number): number[] {
  return [...get(a), ...get(b), I64_XOR, 0x42, ...signed(bits), I64_ROTR, ...set(a)];
}

/** RFC 7693's G on v[a], v[b], v[c], v[d] with two words of the message. */
function quarter(at: readonly number[], first: number, second: number): number[] {
  const [a, b, c, d] = at.map((index) => V + index);
  return [
    ...addWord(a, b, first),
    ...mix(d, a, 32),
    ...add(c, d),
    ...mix(b, c, 24),
    ...addWord(a, b, second),
    ...mix(d, a, 16),
    ...add(c, d),
    ...mix(b, c, 63),
  ];
}

const COLUMNS_AND_DIAGONALS = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
];

/** Leaves the loop when no round is left; else does one with this row of the schedule. */
function round(row: readonly number[]): number[] {
  return [
    ...[...get(COUNT), I32_EQZ, ...BREAK_IF_OUTER],
    ...COLUMNS_AND_DIAGONALS.flatMap((at, i) => quarter(at, row[2 * i], row[2 * i + 1])),
    ...[...get(COUNT), ...i32(1), I32_SUB, ...set(COUNT)],
  ];
}

function body(): number[] {
  const indexes = Array.from({ length: 16 }, (_, i) => i);
  return [
    ...[1, 16, I64],
    ...indexes.flatMap((i) => [...i32(0), ...i64Load(V_AT + 8 * i), ...set(V + i)]),
    ...[BLOCK, EMPTY_BLOCK, LOOP, EMPTY_BLOCK],
    ...SIGMA.flatMap(round),
    ...[...CONTINUE, END, END],
    ...indexes.flatMap((i) => [...i32(0), ...get(V + i), ...i64Store(V_AT + 8 * i)]),
    END,
  ];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function text(value: string): number[] {
  return [value.length, ...Array.from(value, (letter) => letter.charCodeAt(0))];
}

function assemble(): Uint8Array {
  const code = body();
  return Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, 1, I32, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...text('memory'), 2, 0, ...text('rounds'), 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  );
}

/** Takes about a millisecond. */
export function loadBlake2bModule(): Blake2bModule {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(assemble()));
  const memory = new Uint8Array((exports.memory as { readonly buffer: ArrayBuffer }).buffer);
  return { memory, rounds: exports.rounds as (count: number) => void };
}
