import {
  type Address,
  bytesToBigInt,
  bytesToHex,
  hexToBytes,
  keccak256,
  ZERO_ADDRESS,
} from '@flotilla/common';
import {
  type AccessListEntry,
  type Authorization,
  authorizationDigest,
  type BlockEnv,
  type EvmTransaction,
  type Hardfork,
} from '@flotilla/evm';
import secp256k1 from 'secp256k1';
import type { SeededRandom } from './random.js';
import { ProgramWriter } from './random-program.js';

export interface ScenarioAccount {
  readonly balance: bigint;
  readonly nonce: bigint;
  readonly code: Uint8Array;
  readonly storage: readonly (readonly [slot: bigint, value: bigint])[];
}

/** Accounts, and transactions to run on them one after the other; their nonces are relative to the sender's. */
export interface Scenario {
  readonly accounts: ReadonlyMap<Address, ScenarioAccount>;
  readonly transactions: readonly EvmTransaction[];
}

export const FUZZ_BLOCK: BlockEnv = {
  number: 1_000n,
  timestamp: 2_000_000_000n,
  coinbase: `0x${'cb'.repeat(20)}`,
  gasLimit: 30_000_000n,
  baseFee: 7n,
  prevRandao: `0x${'5a'.repeat(32)}`,
  blobBaseFee: 1n,
  chainId: 1n,
  blockHash: () => undefined,
};

interface Key {
  readonly secret: Uint8Array;
  readonly address: Address;
}

const KEYS: readonly Key[] = [1, 2, 3, 4].map((n) => {
  const secret = new Uint8Array(32).fill(n);
  const publicKey = secp256k1.publicKeyCreate(secret, false);
  return { secret, address: bytesToHex(keccak256(publicKey.subarray(1)).subarray(12)) };
});

const CONTRACTS: readonly Address[] = [1, 2, 3, 4, 5].map(
  (n): Address => `0x${(0xc0 + n).toString(16).repeat(20)}`,
);
const NOBODY: Address = `0x${'ee'.repeat(20)}`;
const ADDRESSES = [
  ...CONTRACTS,
  ...KEYS.map(({ address }) => address),
  NOBODY,
  FUZZ_BLOCK.coinbase,
];
const NO_CODE = new Uint8Array(0);

export class ScenarioWriter {
  readonly #programs: ProgramWriter;

  constructor(
    private readonly random: SeededRandom,
    private readonly hardfork: Hardfork,
  ) {
    this.#programs = new ProgramWriter(random, hardfork, ADDRESSES);
  }

  scenario(transactionCount: number): Scenario {
    const accounts = new Map<Address, ScenarioAccount>();
    for (const { address } of KEYS) accounts.set(address, this.#account(10n ** 20n, NO_CODE));
    for (const address of CONTRACTS) {
      accounts.set(address, this.#account(BigInt(this.random.below(5)), this.#programs.program()));
    }
    const nonces = new Map(KEYS.map(({ address }) => [address, 0n]));
    const transactions: EvmTransaction[] = [];
    for (let i = 0; i < transactionCount; i++) transactions.push(this.#transaction(nonces));
    return { accounts, transactions };
  }

  #account(balance: bigint, code: Uint8Array): ScenarioAccount {
    const { random } = this;
    const slots = code.length === 0 ? 0 : random.below(4);
    const storage = Array.from(
      { length: slots },
      (_, i) => [BigInt(i), random.word() + 1n] as const,
    );
    return { balance, nonce: code.length === 0 ? 0n : 1n, code, storage };
  }

  #transaction(nonces: Map<Address, bigint>): EvmTransaction {
    const { random } = this;
    // One sender per scenario, so that authorizations rarely disturb its nonce.
    const from = KEYS[0].address;
    const nonce = random.chance(0.02) ? 1n : 0n;
    const type = this.#type();
    const isCreate = type !== 4 && random.chance(0.15);
    const maxFeePerGas = BigInt(7 + random.below(20) - (random.chance(0.02) ? 7 : 0));
    const tip = BigInt(random.below(30));
    const isLegacy = type < 2;
    const tx: EvmTransaction = {
      type,
      from,
      to: isCreate ? undefined : random.pick(random.chance(0.85) ? CONTRACTS : ADDRESSES),
      nonce,
      gasLimit: BigInt(
        (random.chance(0.9) ? 60_000 : 21_000) +
          random.below(random.pick([10_000, 300_000, 3_000_000])),
      ),
      maxFeePerGas,
      maxPriorityFeePerGas:
        isLegacy || (tip > maxFeePerGas && random.chance(0.9)) ? maxFeePerGas : tip,
      value: random.chance(0.7) ? 0n : random.chance(0.03) ? 10n ** 21n : BigInt(random.below(10)),
      data: isCreate ? this.#programs.program() : random.bytes(random.below(100)),
      ...(type === 0 ? {} : { accessList: this.#accessList() }),
      ...(type === 4 ? { authorizationList: this.#authorizations(nonces) } : {}),
    };
    return tx;
  }

  #type(): 0 | 1 | 2 | 4 {
    const types: (0 | 1 | 2 | 4)[] = [0, 1, 2, 2];
    if (this.hardfork !== 'cancun') types.push(4, 4);
    return this.random.pick(types);
  }

  #accessList(): AccessListEntry[] {
    const { random } = this;
    return Array.from({ length: random.below(3) }, () => ({
      address: random.pick(ADDRESSES),
      storageKeys: Array.from(
        { length: random.below(3) },
        (_, i) => `0x${`${i}`.padStart(64, '0')}` as const,
      ),
    }));
  }

  #authorizations(nonces: Map<Address, bigint>): Authorization[] {
    return Array.from({ length: 1 + this.random.below(2) }, () => this.#authorization(nonces));
  }

  #authorization(nonces: Map<Address, bigint>): Authorization {
    const { random } = this;
    const key = random.pick(KEYS.slice(1));
    const nonce = nonces.get(key.address)!;
    const isWrong = random.chance(0.2);
    if (!isWrong) nonces.set(key.address, nonce + 1n);
    const unsigned = {
      chainId: BigInt(random.pick([0, 1, 1, 1, 5])),
      address: random.chance(0.1) ? ZERO_ADDRESS : random.pick([...ADDRESSES, hexAddress(4)]),
      nonce: isWrong ? nonce + 7n : nonce,
    };
    const { signature, recid } = secp256k1.ecdsaSign(authorizationDigest(unsigned), key.secret);
    return {
      ...unsigned,
      yParity: recid,
      r: bytesToBigInt(signature.subarray(0, 32)),
      s: bytesToBigInt(signature.subarray(32)),
    };
  }
}

function hexAddress(number: number): Address {
  return bytesToHex(hexToBytes(`0x${number.toString(16).padStart(40, '0')}`));
}
