import {
  type Address,
  bigIntToBytes,
  concatBytes,
  EMPTY_BYTES,
  hexToBytes,
} from '@flotilla/common';
import { Evm, type EvmTransaction, type Hardfork } from '@flotilla/evm';
import { type AuthorizationRequest, Wallet } from 'ethers';
import { startAnvil } from '../../libs/contracts/src/testing/anvil.js';
import { assemble } from '../../libs/evm/src/testing/assemble.js';
import { AnvilSubject } from './fuzz/anvil-subject.js';
import { ethereumjsSubject } from './fuzz/ethereumjs-subject.js';
import { flotillaSubject } from './fuzz/flotilla-subject.js';
import type { FuzzOutcome } from './fuzz/outcome.js';
import { FUZZ_BLOCK, type Scenario, type ScenarioAccount } from './fuzz/scenario.js';

// The rules of Prague and Osaka against anvil and @ethereumjs/vm: the same transactions, one after the other.

const sender = new Wallet(`0x${'01'.repeat(32)}`);
const authority = new Wallet(`0x${'02'.repeat(32)}`);
const addressOf = (wallet: Wallet) => wallet.address.toLowerCase() as Address;
const RECIPIENT: Address = `0x${'ee'.repeat(20)}`;
const REPORTER: Address = `0x${'c1'.repeat(20)}`;
const CALLER: Address = `0x${'c2'.repeat(20)}`;
const CLZ: Address = `0x${'c3'.repeat(20)}`;
const precompile = (n: number): Address => `0x${n.toString(16).padStart(40, '0')}`;
const word = (value: bigint | number) => bigIntToBytes(BigInt(value), 32);

const CODES: Record<Address, string> = {
  // Logs where and for whom it runs.
  [REPORTER]: 'ADDRESS 0 MSTORE CALLER 32 MSTORE CODESIZE 64 MSTORE 96 0 LOG0 1 7 SSTORE',
  // Calls the address in the first word with the rest, then logs what came back, the result as topic.
  [CALLER]: `32 CALLDATASIZE SUB 32 0 CALLDATACOPY 0 0 32 CALLDATASIZE SUB 0 0 CALLDATALOAD
    0x030d40 STATICCALL RETURNDATASIZE 0 0 RETURNDATACOPY RETURNDATASIZE 0 LOG1
    0 CALLDATALOAD EXTCODEHASH 0 MSTORE 0 CALLDATALOAD EXTCODESIZE 32 MSTORE 64 0 LOG0`,
  [CLZ]: '0 CALLDATALOAD CLZ 0 MSTORE 32 0 LOG0',
};

function account(balance: bigint, source?: string): ScenarioAccount {
  const code = source === undefined ? EMPTY_BYTES : hexToBytes(assemble(source));
  return { balance, nonce: source === undefined ? 0n : 1n, code, storage: [] };
}

type Call = Partial<Omit<EvmTransaction, 'authorizationList'>> & {
  readonly authorizations?: readonly AuthorizationRequest[];
};

function transaction({ authorizations, ...call }: Call): EvmTransaction {
  const authorizationList = authorizations?.map((fields) => {
    const { address, nonce, chainId, signature } = authority.authorizeSync(fields);
    const { yParity, r, s } = signature;
    const signed = { address: address.toLowerCase() as Address, nonce, chainId };
    return { ...signed, yParity, r: BigInt(r), s: BigInt(s) };
  });
  return {
    type: authorizationList === undefined ? 2 : 4,
    from: addressOf(sender),
    to: RECIPIENT,
    nonce: 0n,
    gasLimit: 1_000_000n,
    maxFeePerGas: 10n ** 10n,
    maxPriorityFeePerGas: 1n,
    value: 0n,
    data: EMPTY_BYTES,
    ...(authorizationList === undefined ? {} : { authorizationList }),
    ...call,
  };
}

const ask = (to: Address, input: Uint8Array): Call => ({
  to: CALLER,
  data: concatBytes(word(BigInt(to)), input),
});
const clz = (value: bigint): Call => ({ to: CLZ, data: word(value) });
const delegate = (address: string, nonce: bigint, chainId = 1n): Call => ({
  to: addressOf(authority),
  authorizations: [{ address, nonce, chainId }],
});

function modexp(base: number, exponent: Uint8Array, modulus: number): Call {
  const numbers = [new Uint8Array(base).fill(0xfe), exponent, new Uint8Array(modulus).fill(0xfd)];
  return ask(precompile(5), concatBytes(...numbers.map(({ length }) => word(length)), ...numbers));
}

/** Wycheproof's first vector, as in EIP-7951's. */
const P256 = hexToBytes(
  '0xbb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca6050232ba3a8be6b94d5ec80a6d9d1190a436effe50d85a1eee859b8cc6af9bd5c2e184cd60b855d442f5b3c7b11eb6c4e0ae7525fe710fab9aa7c77a67f79e6fadd762927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838c7787964eaac00e5921fb1498a60f4606766b3d9685001558d1a974e7341513e',
);

/** By name of what they show; on both hardforks, so that each rule is also seen not to hold yet. */
const TRANSACTIONS: Readonly<Record<string, Call>> = {
  '7623: 1,000 zero bytes': { data: new Uint8Array(1_000) },
  '7623: 1,000 other bytes': { data: new Uint8Array(1_000).fill(1) },
  '7623: a gas limit below the floor': { data: new Uint8Array(1_000).fill(1), gasLimit: 60_999n },
  '7623: data, and more gas than the floor': { to: REPORTER, data: new Uint8Array(60).fill(1) },
  '7623: a create': { to: undefined, data: hexToBytes(`0x${'5b'.repeat(500)}00`) },
  '7702: a delegation of another chain': delegate(REPORTER, 0n, 2n),
  '7702: a delegation with another nonce': delegate(REPORTER, 5n),
  '7702: a delegation, run at once': delegate(REPORTER, 0n),
  '7702: a call of the delegated account': { to: addressOf(authority) },
  '7702: seen from a contract': ask(addressOf(authority), EMPTY_BYTES),
  '7702: a delegation for every chain': delegate(CLZ, 1n, 0n),
  '7702: a delegation to a precompile': delegate(precompile(2), 2n),
  '7702: a delegation to itself': delegate(authority.address, 3n),
  '7702: cleared': delegate(precompile(0), 4n),
  '7702: several at once': {
    to: addressOf(authority),
    authorizations: [REPORTER, CLZ, REPORTER].map((address, i) => ({
      address,
      nonce: i === 1 ? 9n : 5n + BigInt(Math.min(i, 1)),
      chainId: 1n,
    })),
  },
  '7702: without authorizations': { type: 4, authorizations: [] },
  '7825: 2^24 gas': { gasLimit: 16_777_216n },
  '7825: one more': { gasLimit: 16_777_217n },
  '7823: 1,024 bytes': modexp(1_024, Uint8Array.of(1), 8),
  '7823: 1,025 bytes': modexp(1_025, Uint8Array.of(1), 8),
  '7883: the least price': modexp(1, Uint8Array.of(3), 1),
  '7883: 32 bytes each': modexp(32, new Uint8Array(32).fill(0xff), 32),
  '7883: a long exponent': modexp(32, new Uint8Array(40).fill(0xff), 32),
  '7883: 64 bytes': modexp(64, Uint8Array.of(1, 0, 1), 64),
  '7939: CLZ of 0': clz(0n),
  '7939: CLZ of 1': clz(1n),
  '7939: CLZ of 2^255': clz(2n ** 255n),
  '7939: CLZ of 2^200 + 1': clz(2n ** 200n + 1n),
  '7951: a signature': ask(precompile(0x100), P256),
  '7951: another digest': ask(precompile(0x100), concatBytes(word(1), P256.subarray(32))),
  '7951: too short': ask(precompile(0x100), P256.subarray(1)),
  '2537: a sum in G1': ask(precompile(0x0b), new Uint8Array(256)),
  '2537: too short': ask(precompile(0x0b), new Uint8Array(255)),
};

const scenario: Scenario = {
  accounts: new Map([
    [addressOf(sender), account(10n ** 20n)],
    // With something of its own: anvil takes an empty account that was called before for one that exists.
    [addressOf(authority), account(1n)],
    ...Object.entries(CODES).map(
      ([address, source]) => [address as Address, account(0n, source)] as const,
    ),
  ]),
  transactions: Object.values(TRANSACTIONS).map(transaction),
};

const visible = ({ isRefused, succeeded, gasUsed, logs }: FuzzOutcome) => ({
  isRefused,
  succeeded,
  gasUsed,
  logs,
});

describe.each<Hardfork>(['prague', 'osaka'])('%s', (hardfork) => {
  it('comes out as in anvil and @ethereumjs/vm', async () => {
    const flags = ['--hardfork', hardfork, '--chain-id', String(FUZZ_BLOCK.chainId)];
    // Else it leaves EIP-7825 out.
    if (hardfork === 'osaka') flags.push('--enable-tx-gas-limit');
    const anvil = await startAnvil(...flags, '--gas-limit', String(FUZZ_BLOCK.gasLimit));
    try {
      const theirs = {
        anvil: await AnvilSubject.create(scenario, anvil.provider, sender),
        ethereumjs: await ethereumjsSubject(scenario, hardfork),
      };
      const ours = await flotillaSubject(scenario, new Evm({ hardfork }));
      let nonce = 0n;
      for (const [i, name] of Object.keys(TRANSACTIONS).entries()) {
        const tx = { ...scenario.transactions[i], nonce };
        const outcome = visible(await ours.run(tx));
        for (const [machine, subject] of Object.entries(theirs)) {
          const other = visible(await subject.run(tx));
          expect({ name, machine, ...outcome }).toEqual({ name, machine, ...other });
        }
        if (!outcome.isRefused) nonce++;
      }
    } finally {
      await anvil.stop();
    }
  }, 120_000);
});
