import {
  type AnchorPoint,
  addressOfKey,
  type Checkpoint,
  type CheckpointBlock,
  CheckpointBuilder,
  nextFirstBlock,
  signCheckpoint,
} from '@flotilla/anchoring';
import { type Address, type Hash, type Hex, hexToBytes } from '@flotilla/common';
import type { JsonRpcApiProvider } from 'ethers';
import type { ChainsApi } from './rest/chains.js';
import type { CheckpointsApi } from './rest/checkpoints.js';
import { FlotillaApiError, SdkError, SdkErrorCode } from './rest/errors.js';
import type { Chain, CheckpointRecord, Fleet } from './rest/types.js';

export interface AnchorExternalOptions {
  /** What the chain is called here; registered under this name if it is new. */
  readonly name: string;
  /** JSON-RPC of the chain that runs elsewhere. */
  readonly provider: JsonRpcApiProvider;
  /** secp256k1 private keys, 32 bytes: the members of the committee that sign. They stay here. */
  readonly committeeKeys: readonly Hex[];
  /** Of a new chain; default: the holders of `committeeKeys`, all of whom must sign. */
  readonly committee?: { readonly members: readonly Address[]; readonly threshold: number };
  /** JSON-RPC of the root; default: the one that the fleet names. */
  readonly rootRpcUrl?: string;
  /** Newest block to anchor; default: the chain's head. */
  readonly upToBlock?: number;
  /** Most blocks in one checkpoint, default 1,000; call again for the rest. */
  readonly maxBlocks?: number;
}

/** The part of the client that anchoring needs. */
interface Api {
  readonly chains: ChainsApi;
  readonly checkpoints: CheckpointsApi;
  fleet(): Promise<Fleet>;
}

const DEFAULT_MAX_BLOCKS = 1_000;
const BLOCKS_AT_ONCE = 50;

/** See `FlotillaClient.anchorExternal`. */
export async function anchorExternal(
  client: Api,
  options: AnchorExternalOptions,
): Promise<CheckpointRecord> {
  const { name, provider } = options;
  const chainId = Number((await provider.getNetwork()).chainId);
  await ensureChain(client, options, chainId);
  const { root: fleetRoot } = await client.fleet();
  const { RootClient } = await import('@flotilla/contracts');
  const root = await RootClient.connect({
    rpcUrl: options.rootRpcUrl ?? fleetRoot.rpcUrl,
    chainId: fleetRoot.chainId,
    registry: fleetRoot.registry,
    checkpointManager: fleetRoot.checkpointManager,
  });
  try {
    const registered = await root.chain(chainId);
    if (registered === undefined) throw mismatch(`chain ${chainId} is not registered on the root`);
    const previous = await root.latestCheckpoint(chainId);
    const blocks = await newBlocks(options, previous);
    if (blocks.length === 0 && previous !== undefined) {
      return client.checkpoints.get(name, previous.index);
    }
    if (previous !== undefined) {
      const { checkpoint } = await root.anchor(chainId, previous.index);
      assertSameChain(checkpoint, blocks[0]);
    }
    const { configHash, epoch } = registered;
    const checkpoint = new CheckpointBuilder({ chainId, configHash }).next(previous, blocks, {
      epoch,
    });
    const domain = await root.domain();
    const signatures = options.committeeKeys.map((key) =>
      signCheckpoint(checkpoint, domain, hexToBytes(key)),
    );
    return await client.checkpoints.submit(name, { checkpoint, signatures });
  } finally {
    root.close();
  }
}

async function ensureChain(
  client: Api,
  options: AnchorExternalOptions,
  chainId: number,
): Promise<Chain> {
  const { name } = options;
  let chain: Chain;
  try {
    chain = await client.chains.get(name);
  } catch (error) {
    if (!(error instanceof FlotillaApiError) || error.status !== 404) throw error;
    chain = await client.chains.create(name, {
      runtime: 'external',
      chainId,
      committee: committeeOf(options),
    });
  }
  if (chain.spec.runtime !== 'external' || chain.spec.chainId !== chainId) {
    throw mismatch(`${name} is not the external chain ${chainId} that the provider serves`);
  }
  return client.chains.waitFor(name, 'Running');
}

function committeeOf(options: AnchorExternalOptions) {
  if (options.committee !== undefined) {
    return { ...options.committee, members: [...options.committee.members] };
  }
  const members = options.committeeKeys.map((key) => addressOfKey(hexToBytes(key)));
  return { members, threshold: members.length };
}

interface RpcBlock {
  readonly number: Hex;
  readonly hash: Hash;
  readonly parentHash: Hash;
  readonly stateRoot: Hash;
  readonly timestamp: Hex;
}

async function newBlocks(
  { provider, upToBlock, maxBlocks = DEFAULT_MAX_BLOCKS }: AnchorExternalOptions,
  previous: AnchorPoint | undefined,
): Promise<CheckpointBlock[]> {
  const first = nextFirstBlock(previous);
  // Not `getBlockNumber`, which may answer from a cache.
  const head = upToBlock ?? Number(await provider.send('eth_blockNumber', []));
  const last = Math.min(head, first + maxBlocks - 1);
  const blocks: CheckpointBlock[] = [];
  while (first + blocks.length <= last) {
    const from = first + blocks.length;
    const count = Math.min(BLOCKS_AT_ONCE, last - from + 1);
    const numbers = Array.from({ length: count }, (_, i) => from + i);
    blocks.push(...(await Promise.all(numbers.map((number) => loadBlock(provider, number)))));
  }
  return blocks;
}

async function loadBlock(provider: JsonRpcApiProvider, number: number): Promise<CheckpointBlock> {
  const params = [`0x${number.toString(16)}`, false];
  const block: RpcBlock | null = await provider.send('eth_getBlockByNumber', params);
  if (block === null) throw mismatch(`the provider has no block ${number}`);
  const { hash, parentHash, stateRoot, timestamp } = block;
  return { number, hash, parentHash, stateRoot, timestamp: Number(timestamp) };
}

function assertSameChain(anchored: Checkpoint, next: CheckpointBlock): void {
  if (anchored.blockHash === next.parentHash) return;
  throw mismatch(
    `block ${next.number} does not follow block ${anchored.lastBlock} that the root has: ` +
      'the provider serves another chain, or this one was reorganised past its anchor',
  );
}

function mismatch(message: string): SdkError {
  return new SdkError(SdkErrorCode.ExternalChainMismatch, message);
}
