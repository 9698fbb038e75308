import { createHash } from 'node:crypto';
import {
  type Address,
  bigIntToBytes,
  bytesToBigInt,
  bytesToHex,
  concatBytes,
  type Hex,
  hexToBytes,
  ZERO_ADDRESS,
} from '@flotilla/common';
import {
  type Authorization,
  authorizationDigest,
  Evm,
  EvmError,
  type Hardfork,
  isDelegation,
} from '@flotilla/evm';
import type { JournaledState } from '@flotilla/state';
import { Wallet } from 'ethers';
import { processRequests } from '../../libs/chain/src/execution/requests.js';
import {
  CONSOLIDATION_REQUESTS_ADDRESS,
  HISTORY_STORAGE_ADDRESS,
  PREDEPLOYS,
  WITHDRAWAL_REQUESTS_ADDRESS,
} from '../../libs/chain/src/genesis/predeploys.js';
import { assemble } from '../../libs/evm/src/testing/assemble.js';
import {
  BLOCK,
  CONTRACT,
  OTHER,
  SENDER,
  stateWith,
  transaction,
} from '../../libs/evm/src/testing/playground.js';

// What the EIPs of Prague and Osaka show by example, with the figures that they give or that follow from their text.

const prague = new Evm({ hardfork: 'prague' });
const osaka = new Evm({ hardfork: 'osaka' });
const MODEXP: Address = `0x${'5'.padStart(40, '0')}`;

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const word = (value: bigint | number) => bigIntToBytes(BigInt(value), 32);

function call(evm: Evm, to: Address, data: Uint8Array, state = stateWith(), value = 0n) {
  return evm.call({ from: SENDER, to, data, value, gasLimit: 16_000_000n }, BLOCK, state);
}

describe('EIP-7623: the floor of the gas for data', () => {
  const gasOf = (evm: Evm, data: Uint8Array) =>
    evm.executeTransaction(transaction({ to: OTHER, data }), BLOCK, stateWith()).gasUsed;

  it.each([
    ['zero bytes at 10 each', new Uint8Array(1_000), 31_000n, 25_000n],
    ['others at 40 each', new Uint8Array(1_000).fill(1), 61_000n, 37_000n],
    ['no data at nothing', new Uint8Array(0), 21_000n, 21_000n],
  ])('counts %s', (_, data, gas, before) => {
    expect(gasOf(prague, data)).toBe(gas);
    expect(gasOf(new Evm({ hardfork: 'cancun' }), data)).toBe(before);
  });

  it('is not due on top of an execution that used more', () => {
    const state = stateWith({ [CONTRACT]: assemble('1 0 SSTORE') });
    const tx = transaction({ data: new Uint8Array(100).fill(1) });
    const execution = 3n + 3n + 22_100n;
    const { gasUsed } = prague.executeTransaction(tx, BLOCK, state);
    expect(gasUsed).toBe(21_000n + 1_600n + execution);
  });

  it('refuses a gas limit between the intrinsic gas and the floor', () => {
    const data = new Uint8Array(1_000).fill(1);
    const run = (gasLimit: bigint) => () =>
      prague.executeTransaction(transaction({ data, gasLimit }), BLOCK, stateWith());
    expect(run(61_000n)).not.toThrow();
    expect(run(60_999n)).toThrow(expect.objectContaining({ code: 'FLOOR_GAS_TOO_LOW' }));
  });
});

describe('EIP-7702: code for an account', () => {
  const authority = new Wallet(`0x${'07'.repeat(32)}`);
  const account = authority.address.toLowerCase() as Address;

  function authorize({ address = OTHER, nonce = 0n, chainId = BLOCK.chainId } = {}): Authorization {
    const digest = authorizationDigest({ address, nonce, chainId });
    const { yParity, r, s } = authority.signingKey.sign(digest);
    return { address, nonce, chainId, yParity, r: BigInt(r), s: BigInt(s) };
  }

  function send(state: JournaledState, ...authorizationList: Authorization[]) {
    const nonce = state.getNonce(SENDER);
    const tx = transaction({ type: 4, nonce, to: account, authorizationList });
    return prague.executeTransaction(tx, BLOCK, state);
  }

  it('sets the designator 0xef0100 ‖ address and increases the nonce, for 25,000 gas', () => {
    const state = stateWith();
    expect(send(state, authorize()).gasUsed).toBe(21_000n + 25_000n);
    expect(bytesToHex(state.getCode(account))).toBe(`0xef0100${OTHER.slice(2)}`);
    expect(isDelegation(state.getCode(account))).toBe(true);
    expect(state.getNonce(account)).toBe(1n);
  });

  it('gives 12,500 back for an account that existed, within the fifth of EIP-3529', () => {
    const state = stateWith();
    state.setBalance(account, 1n);
    const { gasUsed, gasRefunded } = send(state, authorize());
    expect(gasRefunded).toBe(46_000n / 5n);
    expect(gasUsed).toBe(46_000n - 9_200n);
  });

  it('clears the code for the zero address', () => {
    const state = stateWith();
    send(state, authorize());
    send(state, authorize({ address: ZERO_ADDRESS, nonce: 1n }));
    expect(state.getCode(account)).toHaveLength(0);
    expect(state.getNonce(account)).toBe(2n);
  });

  it('takes chain id 0 for every chain', () => {
    const state = stateWith();
    send(state, authorize({ chainId: 0n }));
    expect(isDelegation(state.getCode(account))).toBe(true);
  });

  it.each([
    ['of another chain', authorize({ chainId: 1n })],
    ['with another nonce', authorize({ nonce: 1n })],
    ['with the last nonce', authorize({ nonce: 2n ** 64n - 1n })],
    ['with an s in the upper half', { ...authorize(), s: 2n ** 255n }],
    ['with a parity of 2', { ...authorize(), yParity: 2 }],
  ])('skips an authorization %s, at full price', (_, authorization) => {
    const state = stateWith();
    expect(send(state, authorization).gasUsed).toBe(46_000n);
    expect(state.getCode(account)).toHaveLength(0);
    expect(state.getNonce(account)).toBe(0n);
  });

  it('takes the last valid one of several', () => {
    const state = stateWith();
    send(state, authorize(), authorize({ address: CONTRACT, nonce: 1n }));
    expect(bytesToHex(state.getCode(account))).toBe(`0xef0100${CONTRACT.slice(2)}`);
  });

  it('runs the code in the account, which sees 23 bytes from outside', () => {
    const inside = assemble('ADDRESS 0 MSTORE CODESIZE 32 MSTORE 64 0 RETURN');
    const outside = assemble(`${account} EXTCODESIZE 0 MSTORE 32 0 RETURN`);
    const state = stateWith({ [OTHER]: inside, [CONTRACT]: outside });
    const { output } = send(state, authorize());
    expect(output).toEqual(concatBytes(word(BigInt(account)), word((inside.length - 2) / 2)));
    expect(bytesToBigInt(call(prague, CONTRACT, new Uint8Array(0), state).output)).toBe(23n);
  });

  it('follows one designator only, and keeps the delegation when the call reverts', () => {
    const state = stateWith({ [OTHER]: `0xef0100${CONTRACT.slice(2)}` });
    expect(send(state, authorize()).status).toBe('halt');
    expect(isDelegation(state.getCode(account))).toBe(true);
  });
});

describe('EIP-2935: the hashes of the last 8,191 blocks', () => {
  const parent = `0x${'ab'.repeat(32)}` as const;
  const code = PREDEPLOYS[HISTORY_STORAGE_ADDRESS].code!;

  function ask(number: bigint, data = word(number)) {
    const state = stateWith({ [HISTORY_STORAGE_ADDRESS]: code });
    prague.systemCall(HISTORY_STORAGE_ADDRESS, hexToBytes(parent), BLOCK, state);
    return call(prague, HISTORY_STORAGE_ADDRESS, data, state);
  }

  it('keeps the parent’s where number mod 8,191 says', () => {
    const state = stateWith({ [HISTORY_STORAGE_ADDRESS]: code });
    const block = { ...BLOCK, number: 10_000n };
    prague.systemCall(HISTORY_STORAGE_ADDRESS, hexToBytes(parent), block, state);
    expect(state.getStorage(HISTORY_STORAGE_ADDRESS, 9_999n % 8_191n)).toBe(BigInt(parent));
  });

  it('answers the parent’s, and zero for one that it was never told', () => {
    expect(bytesToHex(ask(BLOCK.number - 1n).output)).toBe(parent);
    expect(ask(BLOCK.number - 2n).output).toEqual(word(0));
  });

  it.each([
    ['the current block', BLOCK.number, undefined],
    ['a future block', 2n ** 256n - 1n, undefined],
    ['data of another length', 0n, new Uint8Array(31)],
  ])('reverts for %s', (_, number, data) => expect(ask(number, data).status).toBe('revert'));

  it('reverts beyond the window', () => {
    const state = stateWith({ [HISTORY_STORAGE_ADDRESS]: code });
    const block = { ...BLOCK, number: 10_000n };
    const at = (number: bigint) =>
      prague.call(
        { to: HISTORY_STORAGE_ADDRESS, data: word(number), gasLimit: 100_000n },
        block,
        state,
      ).status;
    expect(at(10_000n - 8_191n)).toBe('success');
    expect(at(10_000n - 8_192n)).toBe('revert');
  });
});

describe('EIP-7685: requests, from EIP-7002 and EIP-7251', () => {
  const key = (byte: string): Hex => `0x${byte.repeat(48)}`;
  const freshState = () =>
    stateWith(
      Object.fromEntries(
        [WITHDRAWAL_REQUESTS_ADDRESS, CONSOLIDATION_REQUESTS_ADDRESS].map((address) => [
          address,
          PREDEPLOYS[address].code!,
        ]),
      ),
    );
  const withdrawal = hexToBytes(`${key('11')}0000000000000102`);
  const consolidation = hexToBytes(`${key('22')}${key('33').slice(2)}`);

  it('commit to nothing as the hash of no bytes', () => {
    expect(processRequests(prague, BLOCK, freshState())).toBe(
      '0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  it('commit to each type’s list, the amount little-endian', () => {
    const state = freshState();
    expect(call(prague, WITHDRAWAL_REQUESTS_ADDRESS, withdrawal, state, 1n).status).toBe('success');
    expect(call(prague, CONSOLIDATION_REQUESTS_ADDRESS, consolidation, state, 1n).status).toBe(
      'success',
    );
    const sender = SENDER.slice(2);
    const first = hexToBytes(`0x01${sender}${key('11').slice(2)}0201000000000000`);
    const second = hexToBytes(`0x02${sender}${bytesToHex(consolidation).slice(2)}`);
    const root = sha256(concatBytes(sha256(first), sha256(second)));
    expect(processRequests(prague, BLOCK, state)).toBe(bytesToHex(root));
  });

  it('cost more after many: the fee begins at 1 wei and grows by the excess over the target', () => {
    const state = freshState();
    const fee = () =>
      bytesToBigInt(call(prague, WITHDRAWAL_REQUESTS_ADDRESS, new Uint8Array(0), state).output);
    expect(fee()).toBe(1n);
    for (let i = 0; i < 42; i++) {
      call(prague, WITHDRAWAL_REQUESTS_ADDRESS, withdrawal, state, 1n);
    }
    processRequests(prague, BLOCK, state);
    // fake_exponential(1, 42 - 2, 17)
    expect(fee()).toBe(10n);
  });

  it('are refused without the fee or with data of another length', () => {
    const state = freshState();
    expect(call(prague, WITHDRAWAL_REQUESTS_ADDRESS, withdrawal, state).status).toBe('revert');
    const short = withdrawal.subarray(1);
    expect(call(prague, WITHDRAWAL_REQUESTS_ADDRESS, short, state, 1n).status).toBe('revert');
    expect(call(prague, CONSOLIDATION_REQUESTS_ADDRESS, withdrawal, state, 1n).status).toBe(
      'revert',
    );
  });
});

describe('MODEXP in Osaka', () => {
  function input(base: number, exponent: Uint8Array, modulus: number) {
    const numbers = [new Uint8Array(base).fill(0xfe), exponent, new Uint8Array(modulus).fill(0xff)];
    return concatBytes(...numbers.map(({ length }) => word(length)), ...numbers);
  }

  /** Between the two GAS: five pushes, CALLDATASIZE, a warm call, POP and GAS itself. */
  const AROUND = 5n * 3n + 2n + 100n + 2n + 2n;

  /** What the precompile takes of a transaction whose call data's floor is never reached. */
  function gas(hardfork: Hardfork, data: Uint8Array): bigint {
    const source = `CALLDATASIZE 0 0 CALLDATACOPY GAS 0 0 CALLDATASIZE 0 5 0xffffff STATICCALL POP
      GAS SWAP1 SUB 0 MSTORE 32 0 RETURN`;
    const evm = new Evm({ hardfork });
    const { output } = call(evm, CONTRACT, data, stateWith({ [CONTRACT]: assemble(source) }));
    return bytesToBigInt(output) - AROUND;
  }

  const SIZES = [64, 128, 256, 512, 1024];
  const SQUARE = [2, 'square'] as const;
  const CUBE = [3, 'qube'] as const;
  const FERMAT = [0x10001, 'pow0x10001'] as const;
  /** The table of EIP-7883: the prices of EIP-2565 and its own. */
  const NAGYDANI: readonly (readonly [readonly [number, string], bigint[], bigint[]])[] = [
    [SQUARE, [200n, 200n, 341n, 1365n, 5461n], [500n, 512n, 2048n, 8192n, 32768n]],
    [CUBE, [200n, 200n, 341n, 1365n, 5461n], [500n, 512n, 2048n, 8192n, 32768n]],
    [FERMAT, [341n, 1365n, 5461n, 21845n, 87381n], [2048n, 8192n, 32768n, 131072n, 524288n]],
  ];
  const rows = NAGYDANI.flatMap(([[exponent, name], before, after]) =>
    SIZES.map(
      (size, i) => [`nagydani_${i + 1}_${name}`, size, exponent, before[i], after[i]] as const,
    ),
  );

  it.each(rows)('costs what EIP-7883 lists for %s', (_, size, exponent, before, after) => {
    const digits = exponent.toString(16);
    const bytes = hexToBytes(`0x${digits.padStart(digits.length + (digits.length % 2), '0')}`);
    const data = input(size, bytes, size);
    expect([gas('prague', data), gas('osaka', data)]).toEqual([before, after]);
  });

  it.each([
    ['16 for up to 32 bytes, by 255 squarings', 32, new Uint8Array(32).fill(0xff), 4_080n],
    ['16 for each bit of the exponent beyond 32 bytes', 32, new Uint8Array(33).fill(0xff), 4_336n],
    ['500 at least', 1, Uint8Array.of(1), 500n],
  ])('costs %s', (_, size, exponent, price) => {
    expect(gas('osaka', input(size, exponent, size))).toBe(price);
  });

  it('takes 1,024 bytes of each number and no more (EIP-7823)', () => {
    const one = Uint8Array.of(1);
    const long = (length: number) => new Uint8Array(length);
    expect(call(osaka, MODEXP, input(1024, one, 1024)).status).toBe('success');
    expect(call(osaka, MODEXP, input(1025, one, 1)).status).toBe('halt');
    expect(call(osaka, MODEXP, input(1, one, 1025)).status).toBe('halt');
    expect(call(osaka, MODEXP, input(1, long(1024), 1)).status).toBe('success');
    expect(call(osaka, MODEXP, input(1, long(1025), 1)).status).toBe('halt');
    expect(call(prague, MODEXP, input(1025, one, 1)).status).toBe('success');
  });
});

describe('EIP-7939: CLZ', () => {
  it.each([
    ['0x0', 256n],
    [`0x8${'0'.repeat(63)}`, 0n],
    [`0x${'f'.repeat(64)}`, 0n],
    [`0x4${'0'.repeat(63)}`, 1n],
    [`0x7${'f'.repeat(63)}`, 1n],
    ['0x1', 255n],
  ])('of %s is %s, for 5 gas', (value, zeros) => {
    const pushed = `0x${value.slice(2).padStart(64, '0')}`;
    const gasOf = (source: string) =>
      call(osaka, CONTRACT, new Uint8Array(0), stateWith({ [CONTRACT]: assemble(source) }));
    const { output, gasUsed } = gasOf(`${pushed} CLZ 0 MSTORE 32 0 RETURN`);
    expect(bytesToBigInt(output)).toBe(zeros);
    expect(gasUsed - gasOf(`${pushed} 0 MSTORE 32 0 RETURN`).gasUsed).toBe(5n);
  });
});

describe('EIP-7825: 2^24 gas per transaction', () => {
  it.each([
    ['osaka', 16_777_217n, 'TRANSACTION_GAS_LIMIT_EXCEEDED'],
    ['osaka', 16_777_216n, undefined],
    ['prague', 16_777_217n, undefined],
  ] as const)('%s, %s gas', (hardfork, gasLimit, code) => {
    let refusal: string | undefined;
    try {
      new Evm({ hardfork }).executeTransaction(transaction({ gasLimit }), BLOCK, stateWith());
    } catch (error) {
      if (!(error instanceof EvmError)) throw error;
      refusal = error.code;
    }
    expect(refusal).toBe(code);
  });
});
