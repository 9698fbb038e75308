import { type Address, bytesToHex, hexToBytes, type Logger, silentLogger } from '@flotilla/common';
import { TestChain, testAccount } from '@flotilla/testing';
import { encodeFunctionData, parseAbi } from 'viem';
import { decodeConsoleCall } from './console-calls.js';
import { formatConsoleArguments } from './console-format.js';

const call = (signature: string, args: unknown[]) =>
  hexToBytes(
    encodeFunctionData({
      abi: parseAbi([`function ${signature}`] as readonly string[]),
      args,
    } as never),
  );

describe('calls of console.sol', () => {
  const who: Address = `0x${'ab'.repeat(20)}`;

  it.each<[string, unknown[], unknown[]]>([
    ['log()', [], []],
    ['log(uint256)', [7n], [7n]],
    ['log(int256)', [-7n], [-7n]],
    ['log(string,int256)', ['x', -1n], ['x', -1n]],
    ['log(string,uint256,bool,address)', ['Größe %d', 5n, true, who], ['Größe %d', 5n, true, who]],
    ['log(address,string,string,bool)', [who, 'a', '', false], [who, 'a', '', false]],
    ['logBytes(bytes)', ['0x010203'], ['0x010203']],
    ['logBytes3(bytes3)', ['0x010203'], ['0x010203']],
  ])('%s is decoded', (signature, args, expected) => {
    expect(decodeConsoleCall(call(signature, args))).toEqual(expected);
  });

  it('knows the selectors of old versions, which hashed `uint` and `int`', () => {
    // keccak256('log(uint)'), as in Hardhat's console.sol before 2.11.
    const input = `0xf5b1bba9${'2a'.padStart(64, '0')}`;
    expect(decodeConsoleCall(hexToBytes(input))).toEqual([42n]);
  });

  it('takes nothing else, and no offset out of bounds', () => {
    expect(decodeConsoleCall(hexToBytes('0xdeadbeef'))).toBeUndefined();
    expect(decodeConsoleCall(new Uint8Array(0))).toBeUndefined();
    const cut = call('log(string)', ['long enough']);
    expect(decodeConsoleCall(cut.subarray(0, 10))).toBeUndefined();
    const wild = hexToBytes(`${bytesToHex(cut.subarray(0, 4))}${'ff'.repeat(32)}`);
    expect(decodeConsoleCall(wild)).toEqual(['']);
  });
});

it.each<[(string | bigint | boolean)[], string]>([
  [['a %s b %d%%', 'x', 5n, true], 'a x b 5% true'],
  [['%x', 255n], '0xff'],
  [['%s'], '%s'],
  [[1n, 'two'], '1 two'],
  [[], ''],
])('formats %p', (values, expected) => {
  expect(formatConsoleArguments(values)).toBe(expected);
});

describe('a contract that logs', () => {
  /** Passes its call data on to the console. */
  const relay = '0x365f5f37 5f 5f 36 5f 6a 636f6e736f6c652e6c6f67 5a fa 00'.replaceAll(' ', '');
  const contract: Address = `0x${'c0'.repeat(20)}`;
  const data = bytesToHex(call('log(string,uint256)', ['answer', 42n]));
  const lines: unknown[] = [];
  const logger: Logger = {
    ...silentLogger,
    info: (message, fields) => {
      if (message === 'console.log') lines.push(fields);
    },
  };
  const open = (profile: 'dev' | 'production') =>
    TestChain.open(
      { profile, alloc: { [contract]: { balance: 0n, code: relay as `0x${string}` } } },
      { logger },
    );
  const line = { message: 'answer 42', contract };

  beforeEach(() => lines.splice(0));

  it('reaches the log once for each block, call and estimate', async () => {
    const test = await open('dev');
    const { chain } = test;
    const request = { to: contract, data: hexToBytes(data) };
    chain.call(request, 'latest');
    expect(lines).toEqual([line]);
    chain.estimateGas(request, 'latest');
    expect(lines).toEqual([line, line]);
    await test.mine(testAccount(0), { to: contract, data, gas: 100_000n });
    expect(lines).toEqual([line, line, line]);
  });

  it('says nothing on a production chain', async () => {
    const { chain } = await open('production');
    chain.call({ to: contract, data: hexToBytes(data) }, 'latest');
    expect(lines).toEqual([]);
  });
});
