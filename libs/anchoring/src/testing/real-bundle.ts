import {
  type Address,
  bigIntToBytes,
  bigIntToMinimalBytes,
  bytesToHex,
  encodeRlp,
  type Hash,
  hexToBytes,
  keccak256,
  keccak256Hex,
  ZERO_HASH,
} from '@flotilla/common';
import { WorldState, WriteBatch } from '@flotilla/state';
import { MemoryStore } from '@flotilla/testing';
import { anchorSlot } from '../bundle/anchor-slot.js';
import { type BundleParts, type RpcProof } from '../bundle/build.js';
import type { RpcBlock } from '../bundle/header.js';
import type { Checkpoint } from '../checkpoint.js';
import { CheckpointBuilder } from '../checkpoint-builder.js';
import { checkpointHash } from '../checkpoint-hash.js';
import { CHECKPOINT_MANAGER_ADDRESS } from '../generated/root-addresses.js';

export const CHAIN_ID = 2 ** 31 + 5;
export const HOLDER: Address = `0x${'ab'.repeat(20)}`;
export const NOBODY: Address = `0x${'ac'.repeat(20)}`;

interface StoredAccount {
  readonly balance: bigint;
  readonly storage: Readonly<Record<string, bigint>>;
}

class Chain {
  private constructor(
    readonly world: WorldState,
    readonly block: RpcBlock,
  ) {}

  static async with(accounts: Record<Address, StoredAccount>, number: number): Promise<Chain> {
    const store = new MemoryStore();
    const world = new WorldState({}, { store });
    const overlay = world.begin();
    for (const [address, { balance, storage }] of Object.entries(accounts)) {
      overlay.setBalance(address as Address, balance);
      for (const [slot, value] of Object.entries(storage)) {
        overlay.setStorage(address as Address, BigInt(slot), value);
      }
    }
    const prepared = world.prepareCommit(overlay, 0);
    const batch = new WriteBatch();
    prepared.apply(batch);
    await store.commit(batch);
    return new Chain(world, blockWith(prepared.stateRoot, number));
  }

  proof(address: Address, slots: readonly bigint[]): RpcProof {
    const { accountProof, storageProof } = this.world.proof(0, address, [...slots]);
    return {
      address,
      accountProof: accountProof.map(bytesToHex),
      storageProof: storageProof.map(({ slot, proof }) => ({
        key: `0x${slot.toString(16)}`,
        proof: proof.map(bytesToHex),
      })),
    };
  }
}

/** A Prague block around a state root, its fields in the header's order; the rest of it is made up. */
function blockWith(stateRoot: Hash, number: number): RpcBlock {
  const word = (seed: number) => keccak256(bigIntToBytes(BigInt(seed), 32));
  const header: Record<string, Uint8Array | bigint> = {
    parentHash: word(1),
    sha3Uncles: word(2),
    miner: hexToBytes(HOLDER),
    stateRoot: hexToBytes(stateRoot),
    transactionsRoot: word(3),
    receiptsRoot: word(4),
    logsBloom: new Uint8Array(256),
    difficulty: 0n,
    number: BigInt(number),
    gasLimit: 30_000_000n,
    gasUsed: 21_000n,
    timestamp: 1_750_000_000n,
    extraData: Uint8Array.of(1, 2, 3),
    mixHash: word(5),
    nonce: new Uint8Array(8),
    baseFeePerGas: 0n,
    withdrawalsRoot: word(6),
    blobGasUsed: 0n,
    excessBlobGas: 0n,
    parentBeaconBlockRoot: word(7),
    requestsHash: word(8),
  };
  const isQuantity = (value: Uint8Array | bigint): value is bigint => typeof value === 'bigint';
  const json = Object.entries(header).map(([name, value]) => [
    name,
    isQuantity(value) ? `0x${value.toString(16)}` : bytesToHex(value),
  ]);
  const items = Object.values(header).map((value) =>
    isQuantity(value) ? bigIntToMinimalBytes(value) : value,
  );
  return { ...Object.fromEntries(json), hash: keccak256Hex(encodeRlp(items)) };
}

function population(count: number): Record<Address, StoredAccount> {
  const accounts: Record<Address, StoredAccount> = {};
  for (let i = 0; i < count; i++) {
    const address = bytesToHex(keccak256(bigIntToBytes(BigInt(i), 32)).subarray(12));
    accounts[address] = { balance: BigInt(i + 1), storage: {} };
  }
  return accounts;
}

/** The pieces of a bundle about a chain and a root that exist in memory, with tries several levels deep. */
export async function realParts(of: {
  readonly account?: Address;
  readonly slots?: readonly bigint[];
  /** What the committee commits to, other than the truth. */
  readonly lies?: Partial<Checkpoint>;
}): Promise<BundleParts> {
  const storage = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [i, BigInt(i) ** 9n]));
  const chain = await Chain.with({ ...population(60), [HOLDER]: { balance: 7n, storage } }, 3);
  const builder = new CheckpointBuilder({ chainId: CHAIN_ID, configHash: ZERO_HASH });
  const last = {
    number: 3,
    hash: chain.block.hash as Hash,
    parentHash: ZERO_HASH,
    stateRoot: chain.block.stateRoot as Hash,
    timestamp: Number(chain.block.timestamp),
  };
  const previous = { index: 0, lastBlock: 2, hash: keccak256Hex(Uint8Array.of(1)) };
  const checkpoint = { ...builder.next(previous, [last], { epoch: 1 }), ...of.lies };
  const slot = anchorSlot(CHAIN_ID, checkpoint.index);
  const others = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [i + 2, 99n]));
  const anchors = { ...others, [slot.toString()]: BigInt(checkpointHash(checkpoint)) };
  const manager = { balance: 1n, storage: anchors };
  const root = await Chain.with({ ...population(60), [CHECKPOINT_MANAGER_ADDRESS]: manager }, 90);
  return {
    rootBlock: root.block,
    rootProof: root.proof(CHECKPOINT_MANAGER_ADDRESS, [slot]),
    checkpoint,
    chainBlock: chain.block,
    chainProof: of.account && chain.proof(of.account, of.slots ?? []),
  };
}
