import { type Address, bytesToBigInt, bytesToHex, type Hex, hexToBytes } from '@flotilla/common';
import { createAddress } from './create.js';
import { EvmErrorCode } from './errors.js';
import { Evm } from './evm.js';
import {
  BLOCK,
  COINBASE,
  CONTRACT,
  OTHER,
  SENDER,
  stateWith,
  transaction,
} from './testing/playground.js';
import type { EvmTransaction } from './types.js';

const evm = new Evm({ hardfork: 'prague' });

function execute(
  code: Hex,
  changes: Partial<EvmTransaction> = {},
  others: Record<Address, Hex> = {},
) {
  const state = stateWith({ [CONTRACT]: code, ...others });
  const result = evm.executeTransaction(transaction(changes), BLOCK, state);
  return { ...result, state };
}

/** RETURN the word on top of the stack. */
const RETURN_TOP = '5f5260205ff3';
const word = (output: Uint8Array) => bytesToBigInt(output);

describe('executeTransaction', () => {
  it('moves value and pays sender, coinbase and nobody else', () => {
    const state = stateWith();
    const result = evm.executeTransaction(
      transaction({ to: OTHER, value: 5n, gasLimit: 21_000n }),
      BLOCK,
      state,
    );
    expect(result).toMatchObject({ status: 'success', gasUsed: 21_000n, effectiveGasPrice: 8n });
    expect(state.getBalance(OTHER)).toBe(5n);
    expect(state.getBalance(COINBASE)).toBe(21_000n);
    expect(state.getBalance(SENDER)).toBe(10n ** 21n - 5n - 8n * 21_000n);
    expect(state.getNonce(SENDER)).toBe(1n);
  });

  it('runs at a gas price of zero when the base fee is zero, and leaves no empty coinbase behind', () => {
    const state = stateWith();
    const free = transaction({ to: OTHER, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n, value: 1n });
    evm.executeTransaction(free, { ...BLOCK, baseFee: 0n }, state);
    expect(state.getBalance(SENDER)).toBe(10n ** 21n - 1n);
    expect(state.exists(COINBASE)).toBe(false);
  });

  it.each<[EvmErrorCode, Partial<EvmTransaction>]>([
    [EvmErrorCode.NonceTooHigh, { nonce: 1n }],
    [EvmErrorCode.NonceOverflow, { nonce: (1n << 64n) - 1n }],
    [EvmErrorCode.InsufficientFunds, { value: 10n ** 21n }],
    [EvmErrorCode.IntrinsicGasTooLow, { gasLimit: 20_999n }],
    [EvmErrorCode.FloorGasTooLow, { gasLimit: 22_600n, data: new Uint8Array(100).fill(1) }],
    [EvmErrorCode.BlockGasLimitExceeded, { gasLimit: BLOCK.gasLimit + 1n }],
    [EvmErrorCode.FeeCapTooLow, { maxFeePerGas: 6n }],
    [EvmErrorCode.TipAboveFeeCap, { maxPriorityFeePerGas: 11n }],
    [EvmErrorCode.InitCodeTooLarge, { to: undefined, data: new Uint8Array(49_153) }],
    [EvmErrorCode.MissingAuthorizations, { type: 4 }],
    [EvmErrorCode.MissingBlobs, { type: 3 }],
    [EvmErrorCode.InvalidBlobHash, { type: 3, blobVersionedHashes: [`0x02${'00'.repeat(31)}`] }],
    [EvmErrorCode.BlobFeeCapTooLow, { type: 3, blobVersionedHashes: [`0x01${'00'.repeat(31)}`] }],
  ])('refuses with %s and changes nothing', (code, changes) => {
    const state = stateWith();
    expect(() => evm.executeTransaction(transaction(changes), BLOCK, state)).toThrow(
      expect.objectContaining({ code }),
    );
    expect(state.getBalance(SENDER)).toBe(10n ** 21n);
    expect(state.getNonce(SENDER)).toBe(0n);
  });

  it('refuses a used nonce and a sender with code', () => {
    const state = stateWith({ [OTHER]: '0x00' });
    state.setNonce(SENDER, 3n);
    const run = (changes: Partial<EvmTransaction>) => () =>
      evm.executeTransaction(transaction(changes), BLOCK, state);
    expect(run({ nonce: 2n })).toThrow(expect.objectContaining({ code: EvmErrorCode.NonceTooLow }));
    expect(run({ from: OTHER })).toThrow(
      expect.objectContaining({ code: EvmErrorCode.SenderNotEoa }),
    );
  });

  it('charges the floor of EIP-7623 when the execution used less', () => {
    const data = new Uint8Array(100).fill(1);
    expect(execute('0x00', { data }).gasUsed).toBe(21_000n + 10n * 400n);
  });

  it('deploys a contract and says where', () => {
    // Returns one byte of code, STOP.
    const { status, createdAddress, state } = execute('0x', {
      to: undefined,
      data: hexToBytes('0x60015ff3'),
    });
    expect(status).toBe('success');
    expect(createdAddress).toBe(createAddress(SENDER, 0n));
    expect(bytesToHex(state.getCode(createdAddress!))).toBe('0x00');
    expect(state.getNonce(createdAddress!)).toBe(1n);
  });

  it.each<[string, Hex, EvmErrorCode]>([
    ['code that starts with 0xEF (EIP-3541)', '0x60ef5f5360015ff3', EvmErrorCode.CodeStartsWithEf],
    ['code above 24,576 bytes (EIP-170)', '0x6160015ff3', EvmErrorCode.CodeTooLarge],
  ])('does not deploy %s', (_what, data, haltReason) => {
    const result = execute('0x', { to: undefined, data: hexToBytes(data) });
    expect(result).toMatchObject({ status: 'halt', haltReason, gasUsed: 1_000_000n });
  });

  it('keeps the rest of the gas and the data of a revert, and undoes the changes', () => {
    // SSTORE(0, 1); MSTORE(0, 42); REVERT(0, 32)
    const { status, output, gasUsed, state } = execute('0x60015f55602a5f5260205ffd');
    expect(status).toBe('revert');
    expect(word(output)).toBe(42n);
    expect(gasUsed).toBeLessThan(50_000n);
    expect(state.getStorage(CONTRACT, 0n)).toBe(0n);
    expect(state.getNonce(SENDER)).toBe(1n);
  });

  it.each<[EvmErrorCode, Hex]>([
    [EvmErrorCode.StackUnderflow, '0x01'],
    [EvmErrorCode.StackOverflow, '0x5b5f5f56'],
    [EvmErrorCode.InvalidJump, '0x600356'],
    [EvmErrorCode.InvalidOpcode, '0xfe'],
    [EvmErrorCode.InvalidOpcode, '0x0c'],
    [EvmErrorCode.OutOfGas, '0x5b5f56'],
    [EvmErrorCode.ReturnDataOutOfBounds, '0x60015f5f3e'],
  ])('halts with %s and takes all gas', (haltReason, code) => {
    expect(execute(code)).toMatchObject({ status: 'halt', haltReason, gasUsed: 1_000_000n });
  });

  it('gives back at most a fifth (EIP-3529)', () => {
    const state = stateWith({ [CONTRACT]: '0x5f5f55' });
    state.setStorage(CONTRACT, 0n, 1n);
    const { gasUsed, gasRefunded } = evm.executeTransaction(transaction(), BLOCK, state);
    // 21,000 + 2 PUSH0 + 2,100 cold + 2,900 reset = 26,004
    expect(gasRefunded).toBe(4_800n);
    expect(gasUsed).toBe(26_004n - 4_800n);
  });

  it('reaches a call depth of 1,024 without exhausting the JavaScript stack', () => {
    // Counts its runs in slot 0, then calls itself with all gas.
    const code: Hex = '0x60015f54015f555f5f5f5f5f305af100';
    const { status, state } = execute(code, { gasLimit: BLOCK.gasLimit });
    expect(status).toBe('success');
    // 63/64 of the gas per level ends it before the depth does.
    expect(state.getStorage(CONTRACT, 0n)).toBeGreaterThan(300n);
    const deep = stateWith({ [CONTRACT]: code });
    deep.setBalance(SENDER, 10n ** 40n);
    const gasLimit = 10n ** 15n;
    evm.executeTransaction(transaction({ gasLimit }), { ...BLOCK, gasLimit }, deep);
    expect(deep.getStorage(CONTRACT, 0n)).toBe(1_025n);
  });

  it('lets no static call write', () => {
    // STATICCALL(all gas, OTHER); return its flag
    const code: Hex = `0x5f5f5f5f73${OTHER.slice(2)}5afa${RETURN_TOP}`;
    for (const write of [
      '60015f55',
      '60015f5d',
      '5f5fa0',
      '5f5f5ff0',
      '5fff',
      '5f5f5f5f6001305af1',
    ]) {
      const { output } = execute(code, {}, { [OTHER]: `0x${write}` });
      expect([write, word(output)]).toEqual([write, 0n]);
    }
    expect(word(execute(code, {}, { [OTHER]: '0x00' }).output)).toBe(1n);
  });

  it('self-destructs only what the same transaction made (EIP-6780)', () => {
    const old = execute(`0x73${OTHER.slice(2)}ff`, { value: 9n });
    expect(bytesToHex(old.state.getCode(CONTRACT))).not.toBe('0x');
    expect(old.state.getBalance(OTHER)).toBe(9n);
    const made = execute('0x', {
      to: undefined,
      value: 9n,
      data: hexToBytes(`0x73${OTHER.slice(2)}ff`),
    });
    expect(made.state.exists(made.createdAddress!)).toBe(false);
    expect(made.state.getBalance(OTHER)).toBe(9n);
  });

  it('warms the access list, the coinbase and the precompiles', () => {
    const balance = (address: Address): Hex => `0x73${address.slice(2)}3100`;
    const base = 21_000n + 3n;
    expect(execute(balance(OTHER)).gasUsed).toBe(base + 2_600n);
    expect(execute(balance(COINBASE)).gasUsed).toBe(base + 100n);
    expect(execute(balance(`0x${'01'.padStart(40, '0')}`)).gasUsed).toBe(base + 100n);
    const accessList = [{ address: OTHER, storageKeys: [] }];
    expect(execute(balance(OTHER), { accessList }).gasUsed).toBe(base + 2_400n + 100n);
  });

  it('forgets transient storage at the end of the transaction', () => {
    // TLOAD(0) → return; TSTORE(0, 1) before it
    const code: Hex = `0x5f5c60015f5d${RETURN_TOP}`;
    const state = stateWith({ [CONTRACT]: code });
    for (const nonce of [0n, 1n]) {
      const { output } = evm.executeTransaction(transaction({ nonce }), BLOCK, state);
      expect(word(output)).toBe(0n);
    }
  });
});

describe('without the right to create', () => {
  /** PUSH0 ×3 (×4), CREATE (CREATE2), and the outcome returned. */
  it.each([
    ['CREATE', '5f5f5ff0', 3 * 2],
    ['CREATE2', '5f5f5f5ff5', 4 * 2],
  ])('%s pushes 0, spends its own gas alone and leaves the nonce', (_name, create, pushGas) => {
    const code: Hex = `0x${create}${RETURN_TOP}`;
    const run = (mayCreate: boolean) => {
      const state = stateWith({ [CONTRACT]: code });
      const { output, gasUsed } = evm.executeTransaction(transaction(), BLOCK, state, {
        mayCreate,
      });
      return { created: word(output) !== 0n, gasUsed, nonce: state.getNonce(CONTRACT) };
    };
    // RETURN_TOP: PUSH0, MSTORE with a new word of memory, PUSH1, PUSH0.
    const returnGas = 2 + 6 + 3 + 2;
    const gasUsed = BigInt(21_000 + pushGas + 32_000 + returnGas);
    expect(run(false)).toEqual({ created: false, gasUsed, nonce: 0n });
    expect(run(true)).toMatchObject({ created: true, nonce: 1n });
  });

  it('a transaction that itself creates is the caller’s to judge', () => {
    const creation = transaction({ to: undefined });
    const result = evm.executeTransaction(creation, BLOCK, stateWith(), { mayCreate: false });
    expect(result.createdAddress).toBeDefined();
  });
});

describe('interrupt', () => {
  it('stops an endless loop and leaves the state as it was', () => {
    const state = stateWith({ [CONTRACT]: '0x60015f555b600456' });
    let asked = 0;
    const interrupt = () => ++asked === 3;
    expect(() => evm.executeTransaction(transaction(), BLOCK, state, { interrupt })).toThrow(
      expect.objectContaining({ code: EvmErrorCode.Interrupted }),
    );
    expect(state.getNonce(SENDER)).toBe(0n);
    expect(state.getBalance(SENDER)).toBe(10n ** 21n);
    // The machine works on after it.
    const next = evm.executeTransaction(transaction({ to: OTHER }), BLOCK, state);
    expect(next.status).toBe('success');
  });
});

describe('call', () => {
  it('needs no funds for gas, no nonce, and shows a base fee of zero', () => {
    const state = stateWith({ [CONTRACT]: `0x48${RETURN_TOP}` });
    const { status, output } = evm.call({ to: CONTRACT, gasLimit: 50_000_000n }, BLOCK, state);
    expect(status).toBe('success');
    expect(word(output)).toBe(0n);
  });

  it('checks the value', () => {
    const message = { from: OTHER, to: CONTRACT, value: 1n, gasLimit: 100_000n };
    expect(() => evm.call(message, BLOCK, stateWith())).toThrow(
      expect.objectContaining({ code: EvmErrorCode.InsufficientFunds }),
    );
  });

  it('may be sent by a contract', () => {
    const state = stateWith({ [CONTRACT]: `0x33${RETURN_TOP}`, [OTHER]: '0x00' });
    const { output } = evm.call({ from: OTHER, to: CONTRACT, gasLimit: 100_000n }, BLOCK, state);
    expect(word(output)).toBe(BigInt(OTHER));
  });
});

describe('systemCall', () => {
  it('runs as the system address, free of charge', () => {
    const state = stateWith({ [CONTRACT]: `0x33${RETURN_TOP}` });
    const output = evm.systemCall(CONTRACT, new Uint8Array(0), BLOCK, state);
    expect(word(output)).toBe(0xfffffffffffffffffffffffffffffffffffffffen);
    expect(state.exists('0xfffffffffffffffffffffffffffffffffffffffe')).toBe(false);
  });

  it('throws when the contract reverts', () => {
    const state = stateWith({ [CONTRACT]: '0x60015f555f5ffd' });
    expect(() => evm.systemCall(CONTRACT, new Uint8Array(0), BLOCK, state)).toThrow(
      expect.objectContaining({ code: EvmErrorCode.SystemCallFailed }),
    );
    expect(state.getStorage(CONTRACT, 0n)).toBe(0n);
  });
});

describe('osaka', () => {
  const osaka = new Evm({ hardfork: 'osaka' });

  it('caps a transaction at 2^24 gas (EIP-7825)', () => {
    const run = (gasLimit: bigint) => () =>
      osaka.executeTransaction(transaction({ gasLimit }), BLOCK, stateWith());
    expect(run(16_777_216n)).not.toThrow();
    expect(run(16_777_217n)).toThrow(
      expect.objectContaining({ code: EvmErrorCode.TransactionGasLimitExceeded }),
    );
  });

  it('has CLZ (EIP-7939), which prague has not', () => {
    const code: Hex = `0x60011e${RETURN_TOP}`;
    const { output } = osaka.executeTransaction(
      transaction(),
      BLOCK,
      stateWith({ [CONTRACT]: code }),
    );
    expect(word(output)).toBe(255n);
    expect(execute(code).haltReason).toBe(EvmErrorCode.InvalidOpcode);
  });
});
