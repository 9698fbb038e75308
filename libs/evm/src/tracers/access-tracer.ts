import { type Address, bigIntToHex } from '@flotilla/common';
import type { StepEvent, Tracer } from '../tracer.js';
import type { AccessListEntry } from '../types.js';
import { toWord } from '../word.js';
import { wordToAddress } from '../word-bytes.js';

const BALANCE = 0x31;
const EXTCODESIZE = 0x3b;
const EXTCODECOPY = 0x3c;
const EXTCODEHASH = 0x3f;
const SLOAD = 0x54;
const SSTORE = 0x55;
const SELFDESTRUCT = 0xff;
const CALLS: ReadonlySet<number> = new Set([0xf1, 0xf2, 0xf4, 0xfa]);
const ACCOUNT_READS: ReadonlySet<number> = new Set([
  BALANCE,
  EXTCODESIZE,
  EXTCODECOPY,
  EXTCODEHASH,
  SELFDESTRUCT,
]);

/** The account that the instruction is about to name on its stack. */
export function accountNamed(step: StepEvent): Address | undefined {
  const isCall = CALLS.has(step.opcode);
  if (!isCall && !ACCOUNT_READS.has(step.opcode)) return undefined;
  const stack = step.stack();
  if (stack.length < (isCall ? 5 : 1)) return undefined;
  return wordToAddress(toWord(stack[stack.length - (isCall ? 2 : 1)]));
}

/** The slot of its own contract that the instruction is about to read or write. */
export function slotNamed(step: StepEvent): bigint | undefined {
  if (step.opcode !== SLOAD && step.opcode !== SSTORE) return undefined;
  return step.stack().at(-1);
}

/** What an execution touches and an access list (EIP-2930) would have warmed. */
export class AccessTracer implements Tracer {
  readonly #slots = new Map<Address, Set<bigint>>();
  readonly #isExcluded: (address: Address) => boolean;

  constructor(modules: {
    /** Addresses that are warm anyway: they are listed only for their slots. */
    isExcluded(address: Address): boolean;
    /** Listed from the start. */
    readonly initial?: readonly AccessListEntry[];
  }) {
    this.#isExcluded = modules.isExcluded;
    for (const { address, storageKeys } of modules.initial ?? []) {
      const slots = this.#slotsOf(address);
      for (const key of storageKeys) slots.add(BigInt(key));
    }
  }

  /** Accounts and slots together. */
  get size(): number {
    let size = this.#slots.size;
    for (const slots of this.#slots.values()) size += slots.size;
    return size;
  }

  onStep(step: StepEvent): void {
    const slot = slotNamed(step);
    if (slot !== undefined) {
      this.#slotsOf(step.address).add(slot);
      return;
    }
    const account = accountNamed(step);
    if (account !== undefined && !this.#isExcluded(account)) this.#slotsOf(account);
  }

  /** As EIP-2930 encodes it, in order of first use. */
  list(): AccessListEntry[] {
    return [...this.#slots].map(([address, slots]) => ({
      address,
      storageKeys: [...slots].map((slot) => bigIntToHex(slot, 32)),
    }));
  }

  #slotsOf(address: Address): Set<bigint> {
    let slots = this.#slots.get(address);
    if (slots === undefined) {
      slots = new Set();
      this.#slots.set(address, slots);
    }
    return slots;
  }
}
