import type { Address } from '@flotilla/common';
import { EMPTY_CODE_HASH, EMPTY_TRIE_ROOT } from './account.js';
import { JournaledState } from './journaled-state.js';
import type { StateReader } from './state-reader.js';

const ALICE: Address = `0x${'a1'.repeat(20)}`;
const BOB: Address = `0x${'b0'.repeat(20)}`;
const RIPEMD160: Address = `0x${'00'.repeat(19)}03`;

const code = Uint8Array.of(0x60, 0x00);

/** Alice has a balance and slot 1 set to 10; an empty record stands at the RIPEMD-160 precompile. */
const base: StateReader = {
  account(address) {
    if (address !== ALICE && address !== RIPEMD160) return undefined;
    const balance = address === ALICE ? 100n : 0n;
    return { nonce: 0n, balance, codeHash: EMPTY_CODE_HASH, storageRoot: EMPTY_TRIE_ROOT };
  },
  slot: (address, slot) => (address === ALICE && slot === 1n ? 10n : 0n),
  code: () => code,
};

describe('JournaledState', () => {
  let state: JournaledState;

  beforeEach(() => {
    state = new JournaledState(base);
    state.beginTransaction();
  });

  it('undoes every kind of change down to a snapshot, and no further', () => {
    state.setBalance(ALICE, 1n);
    const snapshot = state.snapshot();
    state.setBalance(ALICE, 2n);
    state.setNonce(ALICE, 5n);
    state.setCode(ALICE, code);
    state.setStorage(ALICE, 1n, 11n);
    state.setTransient(ALICE, 1n, 12n);
    state.createAccount(BOB);
    state.selfDestruct(BOB);
    state.addRefund(10n);
    state.subRefund(3n);
    state.addLog({ address: ALICE, topics: [], data: code });
    state.warmAddress(BOB);
    state.warmSlot(ALICE, 1n);
    expect(state.getRefund()).toBe(7n);
    state.revertTo(snapshot);

    expect(state.getBalance(ALICE)).toBe(1n);
    expect(state.getNonce(ALICE)).toBe(0n);
    expect(state.getCodeHash(ALICE)).toBe(EMPTY_CODE_HASH);
    expect(state.getCode(ALICE)).toHaveLength(0);
    expect(state.getStorage(ALICE, 1n)).toBe(10n);
    expect(state.getTransient(ALICE, 1n)).toBe(0n);
    expect(state.exists(BOB)).toBe(false);
    expect(state.isCreated(BOB)).toBe(false);
    expect(state.isSelfDestructed(BOB)).toBe(false);
    expect(state.getRefund()).toBe(0n);
    expect(state.warmAddress(BOB)).toBe(false);
    expect(state.warmSlot(ALICE, 1n)).toBe(false);
    expect(state.endTransaction().logs).toEqual([]);
  });

  it('keeps the original of a slot for the whole transaction (EIP-2200)', () => {
    const snapshot = state.snapshot();
    state.setStorage(ALICE, 1n, 11n);
    state.setStorage(ALICE, 1n, 12n);
    expect(state.getOriginalStorage(ALICE, 1n)).toBe(10n);
    state.revertTo(snapshot);
    expect(state.getOriginalStorage(ALICE, 1n)).toBe(10n);
    state.setStorage(ALICE, 1n, 13n);
    state.endTransaction();
    state.beginTransaction();
    expect(state.getOriginalStorage(ALICE, 1n)).toBe(13n);
  });

  it('forgets warmth, transient storage, marks and refunds with the transaction', () => {
    state.warmAddress(ALICE);
    state.warmSlot(ALICE, 1n);
    state.setTransient(ALICE, 1n, 12n);
    state.createAccount(ALICE);
    state.addRefund(1n);
    expect(state.isWarmAddress(ALICE)).toBe(true);
    expect(state.isCreated(ALICE)).toBe(true);
    state.endTransaction();
    state.beginTransaction();
    expect(state.isWarmAddress(ALICE)).toBe(false);
    expect(state.warmSlot(ALICE, 1n)).toBe(false);
    expect(state.getTransient(ALICE, 1n)).toBe(0n);
    expect(state.isCreated(ALICE)).toBe(false);
    expect(state.getRefund()).toBe(0n);
  });

  it('deletes touched empty accounts at the end of the transaction (EIP-161)', () => {
    state.touch(BOB);
    state.setBalance(BOB, 0n);
    expect(state.exists(BOB)).toBe(true);
    state.endTransaction();
    expect(state.exists(BOB)).toBe(false);
  });

  it('forgets a touch that is reverted, except of the RIPEMD-160 precompile', () => {
    const snapshot = state.snapshot();
    state.touch(RIPEMD160);
    state.revertTo(snapshot);
    state.endTransaction();
    expect(state.exists(RIPEMD160)).toBe(false);
  });

  it('deletes self-destructed accounts with their storage', () => {
    state.setStorage(ALICE, 2n, 3n);
    state.selfDestruct(ALICE);
    expect(state.getStorage(ALICE, 1n)).toBe(10n);
    state.endTransaction();
    expect(state.exists(ALICE)).toBe(false);
    expect(state.getStorage(ALICE, 1n)).toBe(0n);
    expect(state.hasStorage(ALICE)).toBe(false);
    state.beginTransaction();
    state.setBalance(ALICE, 1n);
    expect(state.getStorage(ALICE, 1n)).toBe(0n);
    expect(state.getOriginalStorage(ALICE, 1n)).toBe(0n);
  });

  it('hands over the logs in order', () => {
    const logs = [1, 2].map((n) => ({ address: ALICE, topics: [], data: Uint8Array.of(n) }));
    for (const log of logs) state.addLog(log);
    expect(state.endTransaction().logs).toEqual(logs);
    state.beginTransaction();
    expect(state.endTransaction().logs).toEqual([]);
  });

  it('can be the base of another', () => {
    state.setBalance(ALICE, 7n);
    state.setStorage(ALICE, 1n, 8n);
    state.setCode(BOB, code);
    const upper = new JournaledState(state);
    expect(upper.getBalance(ALICE)).toBe(7n);
    expect(upper.getStorage(ALICE, 1n)).toBe(8n);
    expect(upper.getCode(BOB)).toBe(code);
    upper.setBalance(ALICE, 9n);
    expect(state.getBalance(ALICE)).toBe(7n);
  });

  it('keeps slots apart that differ in their high bits only, also by the thousand, in good time', () => {
    const slots = Array.from({ length: 5000 }, (_, i) => BigInt(i) << 64n);
    const startedAt = performance.now();
    for (const slot of slots) state.setStorage(BOB, slot, slot + 1n);
    for (const slot of slots) expect(state.getStorage(BOB, slot)).toBe(slot + 1n);
    // Colliding in one bucket they take minutes.
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});
