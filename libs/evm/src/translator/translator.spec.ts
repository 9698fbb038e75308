import { bigIntToBytes } from '@flotilla/common';
import { EvmErrorCode } from '../errors.js';
import { Evm, type ExecuteOptions } from '../evm.js';
import { assemble } from '../testing/assemble.js';
import { BLOCK, CONTRACT, OTHER, stateWith, transaction } from '../testing/playground.js';

const machine = (translateAfter: number) => new Evm({ hardfork: 'osaka', translateAfter });
const interpreting = machine(Number.POSITIVE_INFINITY);
const translating = machine(0);

/** Runs the program on CONTRACT with a word of input; OTHER returns its input. */
function run(
  evm: Evm,
  source: string,
  input = 0n,
  gasLimit = 1_000_000n,
  options?: ExecuteOptions,
) {
  const echo = assemble('CALLDATASIZE PUSH0 PUSH0 CALLDATACOPY CALLDATASIZE PUSH0 RETURN');
  const state = stateWith({ [CONTRACT]: assemble(source), [OTHER]: echo });
  const tx = transaction({ gasLimit, data: bigIntToBytes(input, 32) });
  const result = evm.executeTransaction(tx, BLOCK, state, options);
  return { ...result, stored: state.getStorage(CONTRACT, 0n) };
}

/** Adds up 1 … n, n being the input, with an internal function for the addition. */
const SUM = `
  PUSH0 PUSH0 CALLDATALOAD
  loop: DUP1 ISZERO @done JUMPI
    DUP1 SWAP2 @back SWAP2 @add JUMP
    back: SWAP1 1 SWAP1 SUB @loop JUMP
  add: ADD SWAP1 JUMP
  done: POP PUSH0 SSTORE STOP`;

/** The same by way of memory that grows, and of another contract. */
const SUM_ELSEWHERE = `
  PUSH0 CALLDATALOAD
  loop: DUP1 ISZERO @done JUMPI
    DUP1 0x0200 MSTORE
    32 0x0240 32 0x0200 PUSH0 0x${OTHER.slice(2)} 0xffff CALL POP
    0x0240 MLOAD 0x0260 MLOAD ADD 0x0260 MSTORE
    1 SWAP1 SUB @loop JUMP
  done: 0x0260 MLOAD PUSH0 SSTORE GAS 1 SSTORE STOP`;

/** What isn't a small number: wide products, masks, signs, shifts by the input. */
const WIDE = `
  PUSH0 CALLDATALOAD
  DUP1 DUP1 MUL DUP1 MUL DUP1 MUL 0x${'ff'.repeat(20)} AND
  DUP2 PUSH0 SUB SWAP1 SDIV DUP2 SHL DUP2 SAR
  DUP2 NOT XOR DUP2 SLT DUP2 SWAP1 SGT DUP2 EQ ISZERO ISZERO
  DUP2 BYTE ADD PUSH0 SSTORE STOP`;

const OVERFLOWING = 'loop: PUSH0 PUSH0 @loop JUMP';
const UNDERFLOWING = 'PUSH0 PUSH0 PUSH0 loop: POP @loop JUMP';
const BAD_JUMP = 'PUSH0 CALLDATALOAD JUMP x: STOP';
const BAD_BRANCH = '1 PUSH0 CALLDATALOAD JUMPI STOP';
const ENDLESS = 'loop: @loop JUMP';

describe('translated code comes out as interpreted code', () => {
  it.each(['SUM', 'SUM_ELSEWHERE'] as const)('%s, with every amount of gas', (name) => {
    const source = { SUM, SUM_ELSEWHERE }[name];
    const most = Number(run(interpreting, source, 3n).gasUsed);
    expect(run(translating, source, 3n).stored).toBe(6n);
    // One by one through the first rounds, and then in steps.
    for (let gas = 21_400; gas <= most + 10; gas += gas < 21_900 ? 1 : 61) {
      const expected = run(interpreting, source, 3n, BigInt(gas));
      expect(run(translating, source, 3n, BigInt(gas))).toEqual(expected);
    }
  });

  it.each([0n, 1n, 3n, 255n, 2n ** 31n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 255n, 2n ** 256n - 1n])(
    'wide words from %s',
    (input) => {
      expect(run(translating, WIDE, input)).toEqual(run(interpreting, WIDE, input));
    },
  );

  it.each<readonly [EvmErrorCode, string, bigint]>([
    [EvmErrorCode.StackOverflow, OVERFLOWING, 0n],
    [EvmErrorCode.StackUnderflow, UNDERFLOWING, 0n],
    [EvmErrorCode.OutOfGas, ENDLESS, 0n],
    ...[1n, 4n, 2n ** 53n, 2n ** 256n - 1n].flatMap(
      (target) =>
        [
          [EvmErrorCode.InvalidJump, BAD_JUMP, target],
          [EvmErrorCode.InvalidJump, BAD_BRANCH, target],
        ] as const,
    ),
  ])('%s', (reason, source, input) => {
    const result = run(translating, source, input);
    expect(result.haltReason).toBe(reason);
    expect(result).toEqual(run(interpreting, source, input));
  });
});

describe('the translator', () => {
  it('takes over in the middle of a loop', () => {
    const source = SUM;
    expect(run(machine(100), source, 5_000n)).toEqual(run(interpreting, source, 5_000n));
  });

  it('can be interrupted', () => {
    let asked = 0;
    const interrupt = () => ++asked === 3;
    expect(() => run(translating, ENDLESS, 0n, 16_000_000n, { interrupt })).toThrow(
      expect.objectContaining({ code: EvmErrorCode.Interrupted }),
    );
  });

  it('leaves traced executions alone', () => {
    let steps = 0;
    const result = run(translating, SUM, 3n, 1_000_000n, { tracer: { onStep: () => steps++ } });
    expect(steps).toBeGreaterThan(60);
    expect(result).toEqual(run(interpreting, SUM, 3n));
  });

  it('forgets all when it has too much, and goes on', () => {
    const evm = machine(0);
    const block = 'PUSH0 SLOAD 1 ADD PUSH0 SSTORE '.repeat(40);
    for (let i = 0; i < 300; i++) {
      const { stored } = run(evm, `0x${(i + 256).toString(16).padStart(4, '0')} POP ${block} STOP`);
      expect(stored).toBe(40n);
    }
  });
});
