import { type Address, bigIntToMinimalBytes, concatBytes } from '@flotilla/common';
import { type Hardfork, opcodeTable } from '@flotilla/evm';
import type { SeededRandom } from './random.js';

const EDGES: readonly bigint[] = [
  0n,
  1n,
  2n,
  3n,
  5n,
  31n,
  32n,
  33n,
  63n,
  64n,
  127n,
  128n,
  255n,
  256n,
  257n,
  1000n,
  ...[31n, 32n, 52n, 53n, 54n, 63n, 64n, 128n, 160n, 255n].flatMap((bits) => [
    (1n << bits) - 1n,
    1n << bits,
    (1n << bits) + 1n,
  ]),
  (1n << 256n) - 1n,
  (1n << 256n) - 2n,
];

// Left out: control flow (made below), PUSH, and BLOCKHASH, which the other machine asks a blockchain for.
const SPECIAL = new Set([0x40, 0x56, 0x57, 0x5b, 0xfe]);
const isPush = (opcode: number) => opcode >= 0x5f && opcode <= 0x7f;
const isCall = (opcode: number) => [0xf1, 0xf2, 0xf4, 0xfa].includes(opcode);
const ENDINGS = [0x00, 0xf3, 0xfd, 0xff];
/** Drawn more often than others: where rules are intricate. */
const FAVOURITES = [
  0x20, 0x51, 0x52, 0x53, 0x54, 0x55, 0x5a, 0x5e, 0xf0, 0xf1, 0xf2, 0xf4, 0xf5, 0xfa,
];

/** Writes programs that are mostly valid, so that they get somewhere, and sometimes bytes that are not. */
export class ProgramWriter {
  readonly #opcodes: readonly number[];
  readonly #pops: ReadonlyMap<number, number>;

  constructor(
    private readonly random: SeededRandom,
    hardfork: Hardfork,
    private readonly addresses: readonly Address[],
  ) {
    const table = opcodeTable(hardfork).map((info, opcode) => ({ info, opcode }));
    const known = table.filter(({ info }) => info !== undefined);
    this.#pops = new Map(known.map(({ info, opcode }) => [opcode, info!.pops]));
    this.#opcodes = known
      .map(({ opcode }) => opcode)
      .filter((opcode) => !isPush(opcode) && !SPECIAL.has(opcode) && !ENDINGS.includes(opcode));
  }

  program(): Uint8Array {
    const { random } = this;
    if (random.chance(0.04)) return random.bytes(random.below(120));
    const parts: Uint8Array[] = [];
    let length = 0;
    const add = (part: Uint8Array) => {
      parts.push(part);
      length += part.length;
    };
    const count = 1 + random.below(30);
    for (let i = 0; i < count; i++) {
      if (random.chance(0.06)) add(this.#skip(length));
      else add(this.#instruction());
    }
    if (random.chance(0.15)) add(this.#loopTo(length));
    add(this.#ending());
    return concatBytes(...parts);
  }

  #instruction(): Uint8Array {
    const { random } = this;
    if (random.chance(0.003)) return random.bytes(1);
    if (random.chance(0.05)) return this.#create();
    const opcode = random.chance(0.3) ? random.pick(FAVOURITES) : random.pick(this.#opcodes);
    // Now and then on whatever lies on the stack.
    if (random.chance(0.04)) return Uint8Array.of(opcode);
    if (isCall(opcode)) return this.#call(opcode);
    const operands = Array.from({ length: this.#pops.get(opcode)! }, () => this.#operand(opcode));
    return concatBytes(...operands, Uint8Array.of(opcode));
  }

  #call(opcode: number): Uint8Array {
    const { random } = this;
    const small = () => push(BigInt(random.below(random.chance(0.1) ? 2000 : 140)));
    const value = push(random.chance(0.7) ? 0n : BigInt(random.below(3)));
    const gas = random.chance(0.6) ? Uint8Array.of(0x5a) : push(BigInt(random.below(100_000)));
    const ranges = [small(), small(), small(), small()];
    const values = opcode === 0xf1 || opcode === 0xf2 ? [value] : [];
    return concatBytes(...ranges, ...values, this.#address(), gas, Uint8Array.of(opcode));
  }

  /** A short init code, put into memory and run, by CREATE or CREATE2. */
  #create(): Uint8Array {
    const { random } = this;
    const actions = Array.from({ length: random.below(3) }, () => this.#simple());
    const returned = concatBytes(push(BigInt(random.below(40))), push(0n), Uint8Array.of(0xf3));
    const initCode = concatBytes(...actions, returned).subarray(-32);
    const padded = new Uint8Array(32);
    padded.set(initCode);
    const store = concatBytes(Uint8Array.of(0x7f), padded, push(0n), Uint8Array.of(0x52));
    const value = push(random.chance(0.9) ? 0n : 1n);
    const range = concatBytes(push(BigInt(initCode.length)), push(0n), value);
    if (random.chance(0.5)) return concatBytes(store, range, Uint8Array.of(0xf0));
    return concatBytes(store, push(BigInt(random.below(3))), range, Uint8Array.of(0xf5));
  }

  /** Something with an effect in a few bytes. */
  #simple(): Uint8Array {
    const { random } = this;
    const small = () => push(BigInt(random.below(3)));
    const opcode = random.pick([0x55, 0x5d, 0x52, 0x53]);
    return concatBytes(small(), small(), Uint8Array.of(opcode));
  }

  #operand(opcode: number): Uint8Array {
    const { random } = this;
    // Memory, storage, copies, logs and creates mostly stay within reach of the gas.
    const bounded = opcode === 0x20 || (opcode >= 0x35 && opcode <= 0x5e) || opcode >= 0xa0;
    if (bounded && random.chance(0.98))
      return push(BigInt(random.below(random.pick([4, 40, 300]))));
    if (random.chance(0.1)) return this.#address();
    return push(random.chance(0.6) ? random.pick(EDGES) : random.word());
  }

  #address(): Uint8Array {
    const { random } = this;
    if (random.chance(0.25)) return push(BigInt(random.pick([...Array(19).keys(), 0x100])));
    const address = BigInt(random.pick(this.addresses));
    // Bits above the 160 must not matter.
    return push(random.chance(0.03) ? address | ((random.word() << 160n) % (1n << 256n)) : address);
  }

  /** A jump over a few bytes, taken or not. */
  #skip(at: number): Uint8Array {
    const { random } = this;
    const condition = push(BigInt(random.below(2)));
    const filler = random.bytes(random.below(4));
    const target = at + condition.length + 3 + 1 + filler.length;
    const wrong = random.chance(0.02) ? 1 : 0;
    const jump = Uint8Array.of(0x61, (target + wrong) >> 8, (target + wrong) & 0xff, 0x57);
    return concatBytes(condition, jump, filler, Uint8Array.of(0x5b));
  }

  /** Back to the start as long as a counter in memory says so; a JUMPDEST there is likely to be missing. */
  #loopTo(at: number): Uint8Array {
    const body = Uint8Array.of(
      0x5b,
      0x60,
      0x01,
      0x61,
      0x03,
      0xe0,
      0x51,
      0x01,
      0x80,
      0x61,
      0x03,
      0xe0,
      0x52,
    );
    const again = Uint8Array.of(
      0x60,
      0x05 + this.random.below(9),
      0x11,
      0x61,
      at >> 8,
      at & 0xff,
      0x57,
    );
    return concatBytes(body, again);
  }

  #ending(): Uint8Array {
    const { random } = this;
    const opcode = random.pick(ENDINGS);
    if (opcode === 0x00) return Uint8Array.of(opcode);
    if (opcode === 0xff) return concatBytes(this.#address(), Uint8Array.of(opcode));
    const length = push(BigInt(random.below(100)));
    return concatBytes(length, push(BigInt(random.below(100))), Uint8Array.of(opcode));
  }
}

function push(value: bigint): Uint8Array {
  const bytes = bigIntToMinimalBytes(value);
  return concatBytes(Uint8Array.of(0x5f + bytes.length), bytes);
}
