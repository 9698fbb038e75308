import { encodeRlp, hexToBytes, keccak256Hex } from '@flotilla/common';
import { createAddress } from '@flotilla/evm';
import { decodeTransaction } from '../transaction/decode.js';
import { recoverSender } from '../transaction/sender.js';
import {
  BEACON_ROOTS_ADDRESS,
  CONSOLIDATION_REQUESTS_ADDRESS,
  CREATE2_PROXY_ADDRESS,
  HISTORY_STORAGE_ADDRESS,
  MULTICALL3_ADDRESS,
  PREDEPLOYS,
  WITHDRAWAL_REQUESTS_ADDRESS,
} from './predeploys.js';

const number = (value: bigint) => {
  const digits = value.toString(16);
  return value === 0n
    ? new Uint8Array(0)
    : hexToBytes(`0x${digits.length % 2 === 1 ? '0' : ''}${digits}`);
};

/** Where the code would land if the transaction with this made-up signature deployed it: one wrong byte moves it. */
function deployedAt(initCode: string, gas: bigint, gasPrice: bigint, r: bigint, s: bigint) {
  const raw = encodeRlp([
    ...[0n, gasPrice, gas].map(number),
    new Uint8Array(0),
    number(0n),
    hexToBytes(initCode),
    ...[27n, r, s].map(number),
  ]);
  return createAddress(recoverSender(decodeTransaction(raw)), 0n);
}

/** The init code that the EIPs deploy with: `prefix` copies the rest. */
const systemContracts = [
  ['4788', BEACON_ROOTS_ADDRESS, '60618060095f395ff3', 0x539n, 0x1b9b6eb1f0n],
  [
    '2935',
    HISTORY_STORAGE_ADDRESS,
    '60538060095f395ff3',
    0x539n,
    0xaa12693182426612186309f02cfe8a80a0000n,
  ],
  [
    '7002',
    WITHDRAWAL_REQUESTS_ADDRESS,
    `7f${'ff'.repeat(32)}5f556101f880602d5f395ff3`,
    0x539n,
    0x5feeb084551e4e03a3581e269bc2ea2f8d0008n,
  ],
  [
    '7251',
    CONSOLIDATION_REQUESTS_ADDRESS,
    `7f${'ff'.repeat(32)}5f5561019e80602d5f395ff3`,
    0x539n,
    0xc0730f92dc275b663d377a7cbb141b6600052n,
  ],
] as const;

it.each(systemContracts)(
  "EIP-%s's code is the one that its address commits to",
  (_eip, address, prefix, r, s) => {
    const code = PREDEPLOYS[address].code!.slice(2);
    expect(deployedAt(`0x${prefix}${code}`, 0x3d090n, 0xe8d4a51000n, r, s)).toBe(address);
  },
);

it("the CREATE2 proxy's code is the one that its address commits to", () => {
  const word = BigInt(`0x${'22'.repeat(32)}`);
  const initCode = `0x604580600e600039806000f350fe${PREDEPLOYS[CREATE2_PROXY_ADDRESS].code!.slice(2)}`;
  expect(deployedAt(initCode, 100_000n, 100_000_000_000n, word, word)).toBe(CREATE2_PROXY_ADDRESS);
});

it("Multicall3's code has the hash that it has on the public chains", () => {
  expect(keccak256Hex(hexToBytes(PREDEPLOYS[MULTICALL3_ADDRESS].code!))).toBe(
    '0xd5c15df687b16f2ff992fc8d767b4216323184a2bbc6ee2f9c398c318e770891',
  );
});
