import { type Address, bytesToHex, type Hash } from '@flotilla/common';
import { create2Address, createAddress } from '../create.js';
import { Limit } from '../gas.js';
import { EMPTY_CODE_HASH } from '../hashes.js';
import { isDelegation } from '../program.js';
import type { EvmState } from '../state.js';
import type { StepEvent, Tracer } from '../tracer.js';
import { recoverAuthority } from '../transaction/authorizations.js';
import type { EvmTransaction } from '../types.js';
import { toWord } from '../word.js';
import { wordToBytes } from '../word-bytes.js';
import { accountNamed, slotNamed } from './access-tracer.js';
import type { TraceBudget } from './trace-budget.js';

export interface PrestateTracerOptions {
  /** What changed, before and after, instead of everything that was met. */
  readonly diffMode?: boolean;
  readonly disableCode?: boolean;
  readonly disableStorage?: boolean;
  /** Also accounts that didn't exist before. */
  readonly includeEmpty?: boolean;
}

/** Fields that are empty, switched off or (afterwards) unchanged are undefined. */
export interface TracedAccount {
  readonly balance: bigint | undefined;
  readonly nonce: bigint | undefined;
  readonly code: Uint8Array | undefined;
  readonly codeHash: Hash | undefined;
  readonly storage: ReadonlyMap<bigint, bigint>;
}

export type TracedAccounts = ReadonlyMap<Address, TracedAccount>;

export interface PrestateTrace {
  readonly pre: TracedAccounts;
  /** In diff mode only. */
  readonly post: TracedAccounts | undefined;
}

interface Snapshot {
  readonly balance: bigint;
  readonly nonce: bigint;
  readonly code: Uint8Array;
  readonly codeHash: Hash;
  readonly storage: Map<bigint, bigint>;
}

const CREATE = 0xf0;
const CREATE2 = 0xf5;
const ACCOUNT_BYTES = 250;
const SLOT_BYTES = 140;

const isEmpty = (account: Snapshot) =>
  account.balance === 0n && account.nonce === 0n && account.code.length === 0;

/**
 * The accounts that a transaction meets, as they were before it: geth's `prestateTracer`. It reads an account right
 * before the first instruction that can change it.
 */
export class PrestateTracer implements Tracer {
  readonly #options: PrestateTracerOptions;
  readonly #state: EvmState;
  readonly #budget: TraceBudget;
  readonly #before = new Map<Address, Snapshot>();

  constructor(
    options: PrestateTracerOptions,
    modules: { readonly state: EvmState; readonly budget: TraceBudget },
  ) {
    this.#options = options;
    this.#state = modules.state;
    this.#budget = modules.budget;
  }

  /** Reads what the transaction itself names. Call it right before the execution. */
  begin(tx: EvmTransaction, coinbase: Address): void {
    this.#meet(tx.from);
    this.#meetWithDelegate(tx.to ?? createAddress(tx.from, this.#state.getNonce(tx.from)));
    this.#meet(coinbase);
    for (const authorization of tx.authorizationList ?? []) {
      const authority = recoverAuthority(authorization);
      if (authority !== undefined) this.#meet(authority);
    }
  }

  onStep(step: StepEvent): void {
    const slot = slotNamed(step);
    if (slot !== undefined) {
      this.#meetSlot(step.address, slot);
      return;
    }
    const account = accountNamed(step) ?? this.#created(step);
    if (account !== undefined) this.#meetWithDelegate(account);
  }

  /** Call it right after the execution. */
  result(): PrestateTrace {
    if (this.#options.diffMode) return this.#difference();
    const pre = new Map<Address, TracedAccount>();
    for (const [address, account] of this.#met()) {
      pre.set(address, this.#traced(account, account.storage));
    }
    return { pre, post: undefined };
  }

  #difference(): PrestateTrace {
    const pre = new Map<Address, TracedAccount>();
    const post = new Map<Address, TracedAccount>();
    for (const [address, before] of this.#before) {
      const after = this.#read(address, before.storage.keys());
      const slots = [...before.storage].filter(
        ([slot, value]) => after.storage.get(slot) !== value,
      );
      const changed: TracedAccount = {
        balance: after.balance === before.balance ? undefined : after.balance,
        nonce: after.nonce === before.nonce ? undefined : after.nonce,
        code:
          this.#options.disableCode || after.codeHash === before.codeHash ? undefined : after.code,
        codeHash: after.codeHash === before.codeHash ? undefined : after.codeHash,
        storage: nonZero(slots.map(([slot]) => [slot, after.storage.get(slot) as bigint])),
      };
      const isSame = changed.codeHash === undefined && slots.length === 0;
      if (isSame && changed.balance === undefined && changed.nonce === undefined) continue;
      if (!isEmpty(before) || this.#options.includeEmpty) {
        pre.set(address, this.#traced(before, nonZero(slots)));
      }
      // An account that is gone is in `pre` alone.
      if (this.#state.exists(address)) post.set(address, changed);
    }
    return { pre, post };
  }

  *#met(): Iterable<readonly [Address, Snapshot]> {
    for (const entry of this.#before) {
      if (this.#options.includeEmpty || !isEmpty(entry[1])) yield entry;
    }
  }

  #traced(account: Snapshot, storage: ReadonlyMap<bigint, bigint>): TracedAccount {
    const { balance, nonce, code, codeHash } = account;
    return {
      balance,
      nonce: nonce === 0n ? undefined : nonce,
      code: this.#options.disableCode || code.length === 0 ? undefined : code,
      codeHash: codeHash === EMPTY_CODE_HASH ? undefined : codeHash,
      storage,
    };
  }

  /** The address of the contract that the instruction is about to make. */
  #created(step: StepEvent): Address | undefined {
    if (step.opcode === CREATE) {
      return createAddress(step.address, this.#state.getNonce(step.address));
    }
    if (step.opcode !== CREATE2) return undefined;
    const stack = step.stack();
    const at = stack.length;
    if (at < 4) return undefined;
    const [offset, length] = [Number(stack[at - 2]), Number(stack[at - 3])];
    if (length > Limit.initCode) return undefined;
    const initCode = new Uint8Array(length);
    // What lies past the memory in use reads as zeros.
    initCode.set(step.memory().subarray(offset, offset + length));
    return create2Address(step.address, wordToBytes(toWord(stack[at - 4])), initCode);
  }

  #meetWithDelegate(address: Address): void {
    this.#meet(address);
    const { code } = this.#before.get(address) as Snapshot;
    if (isDelegation(code)) this.#meet(bytesToHex(code.subarray(3)));
  }

  #meet(address: Address): void {
    if (this.#before.has(address)) return;
    const account = this.#read(address, []);
    const codeBytes = this.#options.disableCode ? 0 : 2 * account.code.length;
    this.#budget.spend(ACCOUNT_BYTES + codeBytes);
    this.#before.set(address, account);
  }

  #meetSlot(address: Address, slot: bigint): void {
    if (this.#options.disableStorage) return;
    this.#meet(address);
    const { storage } = this.#before.get(address) as Snapshot;
    if (storage.has(slot)) return;
    this.#budget.spend(SLOT_BYTES);
    storage.set(slot, this.#state.getStorage(address, slot));
  }

  #read(address: Address, slots: Iterable<bigint>): Snapshot {
    const state = this.#state;
    return {
      balance: state.getBalance(address),
      nonce: state.getNonce(address),
      code: state.getCode(address),
      codeHash: state.getCodeHash(address),
      storage: new Map([...slots].map((slot) => [slot, state.getStorage(address, slot)])),
    };
  }
}

function nonZero(slots: Iterable<readonly [bigint, bigint]>): ReadonlyMap<bigint, bigint> {
  return new Map([...slots].filter(([, value]) => value !== 0n));
}
