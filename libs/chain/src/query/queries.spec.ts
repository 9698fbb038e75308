import { type Address, bytesToHex, type Hex, hexToBytes } from '@flotilla/common';
import { SimulatedClock, TestChain, testAccount } from '@flotilla/testing';
import { ChainErrorCode } from '../errors.js';
import { revertReason } from './revert-reason.js';

const alice = testAccount(0);
const bob = testAccount(1);
const contract = `0x${'c0'.repeat(20)}` as const;
const word = (value: number | bigint): Hex => `0x${value.toString(16).padStart(64, '0')}`;

const withCode = (code: Hex, storage?: Record<Hex, Hex>) => ({
  alloc: { [contract]: { balance: 0n, code, storage } },
});

const RETURN_WORD = '5f5260205ff3';
/** `revert("no")` as solc encodes it. */
const ERROR_NO =
  `0x08c379a0${'20'.padStart(64, '0')}${'2'.padStart(64, '0')}${'6e6f'.padEnd(64, '0')}` as const;
const PANIC_17 = `0x4e487b71${'11'.padStart(64, '0')}` as const;
/** Reverts with its call data. */
const REVERT_DATA = '0x365f5f37365ffd';
/** Reverts unless it has 100,000 gas, of which it then uses next to nothing. */
const WANTS_100000_GAS = '0x620186a05a10600a57005b5f5ffd';
/** Stores the block's time unless it is stored already. */
const STORES_NEW_TIMES = '0x425f5414600a57425f555b00';
/** Logs its call data; topics: 7 and the caller. */
const LOGGER = '0x365f5f37336007365fa200';

describe('call', () => {
  it('returns the output, on the state of the block that was asked for', async () => {
    const test = await TestChain.open(withCode(`0x5f54${RETURN_WORD}`, { [word(0)]: word(5) }));
    const ask = (options = {}) =>
      bytesToHex(test.chain.call({ to: contract }, 'latest', options).output);
    expect(ask()).toBe(word(5));
    const stateDiff = new Map([[0n, 6n]]);
    expect(ask({ stateOverrides: new Map([[contract, { stateDiff }]]) })).toBe(word(6));
    const state = new Map([[1n, 6n]]);
    expect(ask({ stateOverrides: new Map([[contract, { state }]]) })).toBe(word(0));
    const code = hexToBytes(`0x6009${RETURN_WORD}`);
    expect(ask({ stateOverrides: new Map([[contract, { code }]]) })).toBe(word(9));
    expect(ask()).toBe(word(5));
  });

  it.each([
    ['the number', '43', 1n],
    ['the time', '42', 1_800_000_000n],
    ['the gas limit', '45', 30_000_000n],
    ['the chain id', '46', 1337n],
    ['the coinbase', '41', 0n],
    ["the parent's hash", '5f40', 'genesis'],
  ] as const)('sees %s of the block', async (_name, opcode, expected) => {
    const test = await TestChain.open(withCode(`0x${opcode}${RETURN_WORD}`));
    await test.seal();
    const { output } = test.chain.call({ to: contract }, 'latest');
    expect(bytesToHex(output)).toBe(
      expected === 'genesis' ? test.chain.identity.genesisHash : word(expected),
    );
  });

  it('sees the block that it is told to see', async () => {
    const test = await TestChain.open(withCode(`0x43${RETURN_WORD}`));
    const { output } = test.chain.call({ to: contract }, 'latest', {
      blockOverrides: { number: 99n },
    });
    expect(bytesToHex(output)).toBe(word(99));
  });

  it('reports a revert with its data and reason', async () => {
    const test = await TestChain.open(withCode(REVERT_DATA));
    const call = (data: Hex) => () =>
      test.chain.call({ to: contract, data: hexToBytes(data) }, 'latest');
    expect(call(ERROR_NO)).toThrow(
      expect.objectContaining({
        code: ChainErrorCode.ExecutionReverted,
        message: 'execution reverted: no',
        data: { output: hexToBytes(ERROR_NO), reason: 'no' },
      }),
    );
    expect(call(PANIC_17)).toThrow('execution reverted: arithmetic underflow or overflow');
    expect(call('0x12345678')).toThrow(/^execution reverted$/);
  });

  it.each([
    ['0xfe', 'invalid opcode'],
    ['0x5f56', 'invalid jump destination'],
    ['0x50', 'stack underflow'],
    ['0x5b5f56', 'out of gas'],
  ] as const)('reports why %s halts', async (code, message) => {
    const test = await TestChain.open(withCode(code));
    expect(() => test.chain.call({ to: contract, gas: 100_000n }, 'latest')).toThrow(
      expect.objectContaining({ code: ChainErrorCode.ExecutionFailed, message }),
    );
  });

  it('is cut off at its deadline', async () => {
    const clock = new SimulatedClock();
    const now = clock.now();
    let asked = 0;
    const impatient = { now: () => now + asked++ * 1000, after: clock.after.bind(clock) };
    const test = await TestChain.open(
      { ...withCode('0x5b5f56'), calls: { gasCap: 10n ** 12n } },
      { clock: impatient },
    );
    expect(() => test.chain.call({ to: contract }, 'latest')).toThrow(
      expect.objectContaining({
        code: ChainErrorCode.ExecutionTimeout,
        message: 'execution aborted (timeout = 5s)',
      }),
    );
  });

  it('refuses two kinds of price, unknown blocks and what the sender cannot pay', async () => {
    const test = await TestChain.open();
    const call =
      (request: object, block: number | 'latest' = 'latest') =>
      () =>
        test.chain.call({ to: bob.address, ...request }, block);
    expect(call({ gasPrice: 1n, maxFeePerGas: 1n })).toThrow(
      expect.objectContaining({ code: ChainErrorCode.InvalidCall }),
    );
    expect(call({}, 5)).toThrow(expect.objectContaining({ code: ChainErrorCode.BlockNotFound }));
    expect(call({ from: testAccount(77).address, value: 1n })).toThrow(
      /insufficient funds for gas \* price \+ value: .*\(supplied gas 50000000\)/,
    );
  });
});

describe('estimateGas', () => {
  it('knows plain transfers', async () => {
    const test = await TestChain.open();
    const request = { from: alice.address, to: bob.address, value: 1n };
    expect(test.chain.estimateGas(request, 'latest')).toBe(21_000n);
  });

  it('finds a limit that suffices, close to the least that does', async () => {
    const test = await TestChain.open(withCode(WANTS_100000_GAS));
    const request = { from: alice.address, to: contract };
    const estimate = test.chain.estimateGas(request, 'latest');
    expect(test.chain.call({ ...request, gas: estimate }, 'latest').output).toHaveLength(0);
    expect(() => test.chain.call({ ...request, gas: (estimate * 97n) / 100n }, 'latest')).toThrow(
      expect.objectContaining({ code: ChainErrorCode.ExecutionReverted }),
    );
  });

  it('gives a deployment what it needs', async () => {
    const test = await TestChain.open();
    const data = '0x602a60015560016000f3';
    const gas = test.chain.estimateGas({ from: alice.address, data: hexToBytes(data) }, 'latest');
    const receipt = await test.mine(alice, { to: null, data, gas });
    expect(receipt.status).toBe(1);
  });

  it('suffices a second later, for a contract that does more once time has passed', async () => {
    const clock = new SimulatedClock();
    const test = await TestChain.open(withCode(STORES_NEW_TIMES), { clock });
    const request = { from: alice.address, to: contract };
    await test.mine(alice, { to: contract, gas: 100_000n });
    const gas = test.chain.estimateGas(request, 'latest');
    await clock.advance(1_000);
    const receipt = await test.mine(alice, { nonce: 1, to: contract, gas });
    expect(receipt.status).toBe(1);
  });

  it('says why there is none', async () => {
    const test = await TestChain.open(withCode(REVERT_DATA));
    const ask = (request: object) => () =>
      test.chain.estimateGas({ from: alice.address, to: contract, ...request }, 'latest');
    expect(ask({ data: hexToBytes(ERROR_NO) })).toThrow(
      expect.objectContaining({ code: ChainErrorCode.ExecutionReverted }),
    );
    expect(ask({ gasPrice: 1n, value: 10n ** 30n })).toThrow(
      expect.objectContaining({ code: ChainErrorCode.InsufficientFunds }),
    );
    expect(ask({ from: testAccount(77).address, gasPrice: 1n })).toThrow(
      expect.objectContaining({
        code: ChainErrorCode.GasRequiredExceedsAllowance,
        message: 'gas required exceeds allowance (0)',
      }),
    );
  });
});

describe('logs', () => {
  const topic = word(7);
  const caller = (address: Address) => word(BigInt(address));

  async function opened(logs = {}, modules = {}) {
    const test = await TestChain.open({ ...withCode(LOGGER), logs }, modules);
    for (const [nonce, sender] of [
      [0, alice],
      [0, bob],
      [1, alice],
    ] as const) {
      await test.mine(sender, { nonce, to: contract, data: `0x0${nonce}`, gas: 60_000n });
    }
    return test;
  }

  it('are found by range, address and topics', async () => {
    const { chain } = await opened();
    const count = (filter: object) => chain.logs({ fromBlock: 0, toBlock: 99, ...filter }).length;
    expect(count({})).toBe(3);
    expect(count({ addresses: [contract] })).toBe(3);
    expect(count({ addresses: [alice.address] })).toBe(0);
    expect(count({ addresses: [alice.address, contract] })).toBe(3);
    expect(count({ topics: [[topic]] })).toBe(3);
    expect(count({ topics: [undefined, [caller(bob.address)]] })).toBe(1);
    expect(count({ topics: [[topic, word(8)], [caller(alice.address)]] })).toBe(2);
    expect(count({ topics: [[word(8)]] })).toBe(0);
    expect(count({ topics: [undefined, undefined, undefined] })).toBe(0);
    expect(count({ fromBlock: 2 })).toBe(2);
    expect(chain.logs({})).toHaveLength(1);
  });

  it('say where they are', async () => {
    const { chain } = await opened();
    const block = chain.blockByNumber(2)!;
    expect(chain.logs({ blockHash: block.header.hash })).toEqual([
      {
        address: contract,
        topics: [topic, caller(bob.address)],
        data: hexToBytes('0x00'),
        logIndex: 0,
        transactionIndex: 0,
        transactionHash: block.transactions[0].hash,
        blockNumber: 2,
        blockHash: block.header.hash,
        blockTimestamp: block.header.timestamp,
      },
    ]);
  });

  it('have limits, said with a code', async () => {
    const { chain } = await opened({ blocks: 3, results: 2 });
    const failing = (filter: object, code: ChainErrorCode) =>
      expect(() => chain.logs(filter)).toThrow(expect.objectContaining({ code }));
    failing({ fromBlock: 0, toBlock: 3 }, ChainErrorCode.LimitExceeded);
    failing({ fromBlock: 1, toBlock: 3 }, ChainErrorCode.LimitExceeded);
    failing({ fromBlock: 3, toBlock: 2 }, ChainErrorCode.InvalidRange);
    failing({ blockHash: word(1) }, ChainErrorCode.BlockNotFound);
    expect(chain.logs({ fromBlock: 2, toBlock: 3 })).toHaveLength(2);
  });

  it('are cut off at their deadline', async () => {
    const clock = new SimulatedClock();
    let asked = 0;
    let step = 0;
    const impatient = { now: () => clock.now() + step * asked++, after: clock.after.bind(clock) };
    const { chain } = await opened({ timeoutMs: 100 }, { clock: impatient });
    step = 40;
    expect(() => chain.logs({ fromBlock: 1, toBlock: 3 })).toThrow(
      expect.objectContaining({ code: ChainErrorCode.ExecutionTimeout }),
    );
    expect(chain.logs({ fromBlock: 2, toBlock: 3 })).toHaveLength(2);
  });
});

describe('blocks and transactions', () => {
  it('are found by number, hash, tag and position', async () => {
    const test = await TestChain.open();
    const receipt = await test.mine(alice, { to: bob.address, value: 1n });
    const { chain } = test;
    const block = chain.blockByNumber(1)!;
    expect(chain.blockByHash(block.header.hash)).toEqual(block);
    expect(chain.blockOf('latest')).toEqual(block);
    expect(chain.resolveTag('earliest').number).toBe(0);
    expect(chain.blockByNumber(2)).toBeUndefined();
    expect(chain.headerByNumber(-1)).toBeUndefined();
    expect(chain.headerByHash(word(1))).toBeUndefined();
    const lookup = chain.transactionByHash(receipt.transactionHash)!;
    expect(lookup).toEqual(chain.transactionByIndex(1, 0));
    expect(lookup.block).toEqual({
      hash: block.header.hash,
      number: 1,
      timestamp: block.header.timestamp,
      baseFeePerGas: 0n,
      index: 0,
    });
    expect(chain.transactionByIndex(1, 1)).toBeUndefined();
    expect(chain.transactionByHash(word(1))).toBeUndefined();
    expect(chain.receiptByHash(word(1))).toBeUndefined();
  });

  it('show what is pending', async () => {
    const test = await TestChain.open();
    const hash = await test.send(alice, {});
    const pending = test.chain.pendingBlock();
    expect(pending.header.number).toBe(1);
    expect(pending.transactions.map((tx) => tx.hash)).toEqual([hash]);
  });
});

it('decodes reverts that are cut short as no reason at all', () => {
  const full = hexToBytes(ERROR_NO);
  expect(revertReason(full)).toBe('no');
  for (let length = 0; length < 70; length++) {
    expect(revertReason(full.subarray(0, length))).toBeUndefined();
  }
});
