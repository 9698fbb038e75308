import {
  type Address,
  encodeRlp,
  type Hash,
  type Hex,
  hexToBytes,
  keccak256Hex,
} from '@flotilla/common';
import {
  type BlockEnv,
  type Evm,
  EvmError,
  type EvmTransaction,
  type Log,
  type TransactionType,
} from '@flotilla/evm';
import { type JournaledState, WorldState, WriteBatch } from '@flotilla/state';
import { MemoryStore } from '@flotilla/testing';

// The format of GeneralStateTests: one transaction with variants of data, gas limit and value, and what comes of each.

interface AccountFixture {
  readonly balance: Hex;
  readonly nonce: Hex;
  readonly code: Hex;
  readonly storage: Record<Hex, Hex>;
}

interface TransactionFixture {
  readonly data: readonly Hex[];
  readonly gasLimit: readonly Hex[];
  readonly value: readonly Hex[];
  readonly nonce: Hex;
  readonly to: Address | '';
  readonly sender: Address;
  readonly gasPrice?: Hex;
  readonly maxFeePerGas?: Hex;
  readonly maxPriorityFeePerGas?: Hex;
  readonly maxFeePerBlobGas?: Hex;
  readonly blobVersionedHashes?: readonly Hash[];
  readonly accessLists?: readonly (
    | readonly { readonly address: Address; readonly storageKeys: readonly Hex[] }[]
    | null
  )[];
}

export interface PostFixture {
  readonly hash: Hash;
  readonly logs: Hash;
  readonly indexes: { readonly data: number; readonly gas: number; readonly value: number };
  readonly expectException?: string;
}

export interface StateTest {
  readonly env: Record<string, Hex>;
  readonly pre: Record<Address, AccountFixture>;
  readonly transaction: TransactionFixture;
  readonly post: Record<string, readonly PostFixture[]>;
}

export interface Outcome {
  readonly stateRoot: Hash;
  readonly logsHash: Hash;
  /** Set when the transaction was refused. */
  readonly error?: string;
}

const BLOB_BASE_FEE_UPDATE_FRACTION = 3_338_477n;

/** EIP-4844's `fake_exponential` with a factor of 1. */
function blobBaseFee(excessBlobGas: bigint): bigint {
  let output = 0n;
  let term = BLOB_BASE_FEE_UPDATE_FRACTION;
  for (let i = 1n; term > 0n; i++) {
    output += term;
    term = (term * excessBlobGas) / (BLOB_BASE_FEE_UPDATE_FRACTION * i);
  }
  return output / BLOB_BASE_FEE_UPDATE_FRACTION;
}

function blockEnv(env: StateTest['env']): BlockEnv {
  return {
    number: BigInt(env.currentNumber),
    timestamp: BigInt(env.currentTimestamp),
    coinbase: env.currentCoinbase.toLowerCase() as Address,
    gasLimit: BigInt(env.currentGasLimit),
    baseFee: BigInt(env.currentBaseFee),
    prevRandao: `0x${env.currentRandom.slice(2).padStart(64, '0')}`,
    blobBaseFee: blobBaseFee(BigInt(env.currentExcessBlobGas ?? '0x0')),
    chainId: 1n,
    // The convention of the state tests.
    blockHash: (number) => keccak256Hex(new TextEncoder().encode(number.toString())),
  };
}

function transactionType(fixture: TransactionFixture, hasAccessList: boolean): TransactionType {
  if (fixture.maxFeePerBlobGas !== undefined) return 3;
  if (fixture.maxFeePerGas !== undefined) return 2;
  return hasAccessList ? 1 : 0;
}

function transaction(fixture: TransactionFixture, { indexes }: PostFixture): EvmTransaction {
  const maxFee = BigInt(fixture.maxFeePerGas ?? fixture.gasPrice ?? '0x0');
  const accessList = fixture.accessLists?.[indexes.data] ?? undefined;
  return {
    type: transactionType(fixture, accessList !== undefined),
    from: fixture.sender.toLowerCase() as Address,
    to: fixture.to === '' ? undefined : (fixture.to.toLowerCase() as Address),
    nonce: BigInt(fixture.nonce),
    gasLimit: BigInt(fixture.gasLimit[indexes.gas]),
    maxFeePerGas: maxFee,
    maxPriorityFeePerGas:
      fixture.maxPriorityFeePerGas === undefined ? maxFee : BigInt(fixture.maxPriorityFeePerGas),
    value: BigInt(fixture.value[indexes.value]),
    data: hexToBytes(fixture.data[indexes.data]),
    accessList: accessList?.map(({ address, storageKeys }) => ({
      address: address.toLowerCase() as Address,
      storageKeys: storageKeys.map((key): Hash => `0x${key.slice(2).padStart(64, '0')}`),
    })),
    blobVersionedHashes: fixture.blobVersionedHashes,
    maxFeePerBlobGas:
      fixture.maxFeePerBlobGas === undefined ? undefined : BigInt(fixture.maxFeePerBlobGas),
  };
}

/** The test's accounts as the committed state of block 0. */
async function preState(pre: StateTest['pre']): Promise<WorldState> {
  const store = new MemoryStore();
  const world = new WorldState({}, { store });
  const state = world.begin();
  for (const [key, account] of Object.entries(pre)) {
    const address = key.toLowerCase() as Address;
    state.setBalance(address, BigInt(account.balance));
    state.setNonce(address, BigInt(account.nonce));
    state.setCode(address, hexToBytes(account.code));
    for (const [slot, value] of Object.entries(account.storage)) {
      state.setStorage(address, BigInt(slot), BigInt(value));
    }
  }
  const batch = new WriteBatch();
  world.prepareCommit(state, 0).apply(batch);
  await store.commit(batch);
  return world;
}

function logsHash(logs: readonly Log[]): Hash {
  return keccak256Hex(
    encodeRlp(
      logs.map(({ address, topics, data }) => [
        hexToBytes(address),
        topics.map((topic) => hexToBytes(topic)),
        data,
      ]),
    ),
  );
}

function execute(evm: Evm, test: StateTest, post: PostFixture, state: JournaledState) {
  const block = blockEnv(test.env);
  try {
    const { logs } = evm.executeTransaction(transaction(test.transaction, post), block, state);
    return { logs };
  } catch (error) {
    if (!(error instanceof EvmError)) throw error;
    // As the reference clients' runners do: the reward of zero touches the coinbase in any case.
    state.beginTransaction();
    state.touch(block.coinbase);
    state.endTransaction();
    return { logs: [], error: error.code };
  }
}

/** Runs one variant from the test's accounts. */
export async function runStateTest(evm: Evm, test: StateTest, post: PostFixture): Promise<Outcome> {
  const world = await preState(test.pre);
  const state = world.begin();
  const { logs, error } = execute(evm, test, post, state);
  const { stateRoot } = world.prepareCommit(state, 1);
  return { stateRoot, logsHash: logsHash(logs), error };
}
