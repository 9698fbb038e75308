import { bytesToHex, type Hex, hexToBytes } from '@flotilla/common';
import { EvmErrorCode } from '../errors.js';
import { Evm } from '../evm.js';
import { BLOCK, CONTRACT, OTHER, SENDER, stateWith, transaction } from '../testing/playground.js';
import { AccessTracer } from './access-tracer.js';
import { CallTracer } from './call-tracer.js';
import { PrestateTracer } from './prestate-tracer.js';
import { SelectorCounter } from './selector-counter.js';
import { StructLogger, type StructLoggerOptions } from './struct-logger.js';
import { TraceBudget } from './trace-budget.js';

const evm = new Evm({ hardfork: 'prague' });
const other = OTHER.slice(2);
/** SSTORE(1, 2); SLOAD(1); POP; SSTORE(1, 3) */
const STORER: Hex = '0x6002600155600154506003600155';
/** JUMPDEST; PUSH0; JUMP */
const LOOP: Hex = '0x5b5f56';
/** CALL(GAS, OTHER, the value given, no input, no output) */
const calling = (value: string, gas = '5a') => `5f5f5f5f${value}73${other}${gas}f1`;

function logSteps(code: Hex, options: StructLoggerOptions = {}, gasLimit = 1_000_000n) {
  const state = stateWith({ [CONTRACT]: code, [OTHER]: '0x00' });
  const tracer = new StructLogger(options, { state, budget: new TraceBudget(1_000_000) });
  const result = evm.executeTransaction(transaction({ gasLimit }), BLOCK, state, { tracer });
  return { tracer, result };
}

function traceCalls(codes: Record<Hex, Hex>, options = {}, changes = {}) {
  const state = stateWith(codes);
  const tracer = new CallTracer(options, { budget: new TraceBudget(1_000_000) });
  evm.executeTransaction(transaction(changes), BLOCK, state, { tracer });
  return tracer.root!;
}

describe('struct logger', () => {
  it('says what each instruction cost', () => {
    const { tracer, result } = logSteps(STORER);
    const costs = tracer.logs
      .filter(({ op }) => /^S/.test(op))
      .map(({ op, gasCost }) => [op, gasCost]);
    expect(costs).toEqual([
      ['SSTORE', 22_100],
      ['SLOAD', 100],
      ['SSTORE', 100],
      ['STOP', 0],
    ]);
    const total = tracer.logs.reduce((sum, { gasCost }) => sum + gasCost, 0);
    expect(BigInt(total)).toBe(result.gasUsed + result.gasRefunded - 21_000n);
  });

  it('shows the slots met so far, with what is about to be in them', () => {
    const storage = logSteps(STORER).tracer.logs.flatMap((log) => log.storage ?? []);
    expect(storage).toEqual([new Map([[1n, 2n]]), new Map([[1n, 2n]]), new Map([[1n, 3n]])]);
  });

  it('counts the gas that a call hands on, used or not', () => {
    const { tracer } = logSteps(`0x${calling('5f', '61c350')}`);
    expect(tracer.logs.find(({ op }) => op === 'CALL')?.gasCost).toBe(2_600 + 50_000);
    // A call that its caller can't pay for is refused, and gives the gas back.
    const refused = logSteps(`0x${calling('6001', '61c350')}`).tracer.logs;
    expect(refused.find(({ op }) => op === 'CALL')?.gasCost).toBe(2_600 + 9_000 + 50_000);
  });

  it.each([
    ['no gas', '0x6002600155' as Hex, 'SSTORE', EvmErrorCode.OutOfGas],
    ['no stack', '0x01' as Hex, 'ADD', EvmErrorCode.StackUnderflow],
  ])('marks the instruction for which there was %s', (_name, code, op, fault) => {
    const { tracer } = logSteps(code, {}, 30_000n);
    expect(tracer.logs.at(-1)).toMatchObject({ op, fault });
    expect(tracer.error).toBe(fault);
  });

  it('leaves out what is switched off, and steps past the limit', () => {
    const { tracer } = logSteps(STORER, { disableStack: true, disableStorage: true, limit: 3 });
    expect(tracer.logs.map(({ op }) => op)).toEqual(['PUSH1', 'PUSH1', 'SSTORE']);
    expect(tracer.logs[2]).toMatchObject({ stack: undefined, storage: undefined, gasCost: 22_100 });
    expect(tracer.error).toBeUndefined();
  });

  it('stops when the trace gets too large, and leaves the state as it was', () => {
    const state = stateWith({ [CONTRACT]: LOOP });
    const tracer = new StructLogger({}, { state, budget: new TraceBudget(100_000) });
    const run = () =>
      evm.executeTransaction(transaction({ gasLimit: 30_000_000n }), BLOCK, state, { tracer });
    expect(run).toThrow(expect.objectContaining({ code: EvmErrorCode.TraceTooLarge }));
    expect(tracer.logs.length).toBeLessThan(2_000);
    expect(state.getNonce(SENDER)).toBe(0n);
  });
});

describe('call tracer', () => {
  // LOG0; CALL(OTHER); LOG0, around a callee that logs and reverts.
  const LOGGING: Hex = `0x5f5fa0${calling('5f')}5f5fa0`;

  it('places logs between the calls, and forgets those of failed frames', () => {
    const root = traceCalls({ [CONTRACT]: LOGGING, [OTHER]: '0x5f5fa05f5ffd' }, { withLog: true });
    expect(root.logs.map(({ position }) => position)).toEqual([0, 1]);
    expect(root.calls).toMatchObject([{ error: 'REVERT', logs: [], from: CONTRACT, to: OTHER }]);
  });

  it('sees the top call only, when told so', () => {
    const root = traceCalls(
      { [CONTRACT]: LOGGING, [OTHER]: '0x5f5fa0' },
      { withLog: true, onlyTopCall: true },
    );
    expect(root).toMatchObject({ calls: [], logs: [{ address: CONTRACT }, { address: CONTRACT }] });
  });

  it('names the delegating contract, not its caller', () => {
    const root = traceCalls({ [CONTRACT]: `0x5f5f5f5f73${other}5af4`, [OTHER]: '0x00' });
    expect(root.calls).toMatchObject([{ kind: 'DELEGATECALL', from: CONTRACT, to: OTHER }]);
  });

  it('shows calls that are refused', () => {
    const root = traceCalls({ [CONTRACT]: `0x${calling('6001')}` });
    expect(root.calls).toMatchObject([
      { error: EvmErrorCode.InsufficientBalance, value: 1n, gasUsed: 0 },
    ]);
    const created = traceCalls({ [CONTRACT]: '0x5f5f6001f0' });
    expect(created.calls).toMatchObject([
      { kind: 'CREATE', error: EvmErrorCode.InsufficientBalance },
    ]);
  });

  it.each([
    ['INVALID', '0xfe' as Hex],
    ['opcode 0xc not defined', '0x0c' as Hex],
  ])('names the instruction %s', (invalidOpcode, code) => {
    const root = traceCalls({ [CONTRACT]: code });
    expect(root).toMatchObject({ error: EvmErrorCode.InvalidOpcode, invalidOpcode });
  });
});

describe('prestate tracer', () => {
  function trace(options: object, code: Hex = STORER) {
    const state = stateWith({ [CONTRACT]: code });
    state.setStorage(CONTRACT, 1n, 9n);
    state.endTransaction();
    const tracer = new PrestateTracer(options, { state, budget: new TraceBudget(1_000_000) });
    const tx = transaction();
    tracer.begin(tx, BLOCK.coinbase);
    evm.executeTransaction(tx, BLOCK, state, { tracer });
    return tracer.result();
  }

  it('shows what the transaction met, as it was', () => {
    const { pre, post } = trace({});
    expect(post).toBeUndefined();
    expect([...pre.keys()]).toEqual([SENDER, CONTRACT]);
    expect(pre.get(SENDER)).toMatchObject({ balance: 10n ** 21n, nonce: undefined });
    expect(pre.get(CONTRACT)).toMatchObject({ storage: new Map([[1n, 9n]]) });
  });

  it('shows what the transaction changed, before and after', () => {
    const { pre, post } = trace({ diffMode: true });
    expect(pre.get(CONTRACT)).toMatchObject({ code: hexToBytes(STORER) });
    expect(post!.get(CONTRACT)).toMatchObject({
      code: undefined,
      balance: undefined,
      storage: new Map([[1n, 3n]]),
    });
    expect(post!.get(SENDER)).toMatchObject({ nonce: 1n });
    // The coinbase didn't exist: it is among what came to be.
    expect(pre.has(BLOCK.coinbase)).toBe(false);
    expect(post!.get(BLOCK.coinbase)?.balance).toBeGreaterThan(0n);
  });

  it('leaves out what it is told to leave out', () => {
    const { pre } = trace({ disableCode: true, disableStorage: true });
    expect(pre.get(CONTRACT)).toMatchObject({ code: undefined, storage: new Map() });
    expect(trace({ includeEmpty: true }).pre.has(BLOCK.coinbase)).toBe(true);
  });
});

describe('access tracer', () => {
  it('lists accounts and slots, but not what is warm anyway', () => {
    const state = stateWith({ [CONTRACT]: `0x${calling('5f')}73${other}31600754` });
    const tracer = new AccessTracer({ isExcluded: (address) => address === CONTRACT });
    evm.executeTransaction(transaction(), BLOCK, state, { tracer });
    expect(tracer.list()).toEqual([
      { address: OTHER, storageKeys: [] },
      { address: CONTRACT, storageKeys: [`0x${'7'.padStart(64, '0')}`] },
    ]);
  });
});

describe('selector counter', () => {
  it('counts calls by selector and size', () => {
    const tracer = new SelectorCounter({ isPrecompile: (address) => evm.isPrecompile(address) });
    const data = hexToBytes('0x0102030405');
    evm.executeTransaction(transaction({ data }), BLOCK, stateWith(), { tracer });
    expect([...tracer.counts]).toEqual([[`${bytesToHex(data.subarray(0, 4))}-1`, 1]]);
  });
});
