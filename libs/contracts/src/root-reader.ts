import {
  CHAIN_REGISTRY_ADDRESS,
  CHECKPOINT_MANAGER_ADDRESS,
  type CheckpointDomain,
} from '@flotilla/anchoring';
import type { Address, Hash } from '@flotilla/common';
import type { BlockTag, Interface, JsonRpcApiProvider, Result } from 'ethers';
import type { Anchor, AnchorRecord, RegisteredChain, RootBlock } from './anchor.js';
import { AnchorLog } from './anchor-log.js';
import { onRoot } from './decode-error.js';
import { RootError, RootErrorCode } from './errors.js';
import { finalityDepth, type RootFinality } from './finality.js';
import { managerInterface, registryInterface } from './interfaces.js';

export interface RootReaderOptions {
  /** Blocks that the root's endpoint allows in one eth_getLogs. Default 10,000, as public ones do. */
  readonly logRangeBlocks?: number;
  /** Default `embedded`. */
  readonly finality?: RootFinality;
  /** Default: the CREATE2 address. */
  readonly registry?: Address;
  /** Default: the CREATE2 address. */
  readonly checkpointManager?: Address;
}

/** Everything that can be asked of the root without a key. Every method throws RootErrors only. */
export class RootReader {
  readonly finality: RootFinality;
  readonly registry: Address;
  readonly checkpointManager: Address;
  readonly #log: AnchorLog;

  constructor(
    options: RootReaderOptions,
    readonly provider: JsonRpcApiProvider,
  ) {
    this.finality = options.finality ?? 'embedded';
    this.registry = options.registry ?? CHAIN_REGISTRY_ADDRESS;
    this.checkpointManager = options.checkpointManager ?? CHECKPOINT_MANAGER_ADDRESS;
    const rangeBlocks = options.logRangeBlocks ?? 10_000;
    this.#log = new AnchorLog({ manager: this.checkpointManager, rangeBlocks }, { provider });
  }

  /** The root's own chain id. */
  async rootChainId(): Promise<number> {
    const network = await onRoot(() => this.provider.getNetwork());
    return Number(network.chainId);
  }

  /** What checkpoint signatures for this root are bound to. */
  async domain(): Promise<CheckpointDomain> {
    return { chainId: await this.rootChainId(), verifyingContract: this.checkpointManager };
  }

  /** The chain's registration; undefined when nobody has registered the id. */
  async chain(chainId: number): Promise<RegisteredChain | undefined> {
    try {
      const [record] = await this.#read(this.registry, registryInterface, 'chainOf', [chainId]);
      return {
        chainId,
        owner: record.owner.toLowerCase(),
        committee: record.committee.map((member: string) => member.toLowerCase()),
        threshold: Number(record.threshold),
        configHash: record.configHash,
        epoch: Number(record.epoch),
        closed: record.closed,
      };
    } catch (error) {
      if (error instanceof RootError && error.code === RootErrorCode.ChainUnknown) return undefined;
      throw error;
    }
  }

  /** The chain's newest anchor, as of a root block (default: the latest); undefined before the first. */
  async latestCheckpoint(chainId: number, at: BlockTag = 'latest'): Promise<Anchor | undefined> {
    const manager = this.checkpointManager;
    const [head, hash] = await this.#read(manager, managerInterface, 'headOf', [chainId], at);
    if (head.count === 0n) return undefined;
    return {
      index: Number(head.count) - 1,
      lastBlock: Number(head.lastBlock),
      hash: hash as Hash,
      timestamp: Number(head.timestamp),
      status: Number(head.status),
      rootBlock: Number(head.anchoredAt),
    };
  }

  /** The newest anchor that is final on the root: what `finalized` of the chain follows. */
  async finalCheckpoint(chainId: number): Promise<Anchor | undefined> {
    const { number } = await this.finalBlock();
    try {
      return await this.latestCheckpoint(chainId, number);
    } catch (error) {
      // As of then, the contracts may not have been there yet.
      if (error instanceof RootError && error.code === RootErrorCode.NotDeployed) return undefined;
      throw error;
    }
  }

  /** The anchor at an index; undefined when there is none (yet). */
  async anchorHash(chainId: number, index: number): Promise<Hash | undefined> {
    const args = [chainId, index];
    const [hash] = await this.#read(this.checkpointManager, managerInterface, 'anchorOf', args);
    return BigInt(hash) === 0n ? undefined : (hash as Hash);
  }

  /** The chain's anchors from an index on, ascending, with their checkpoints. */
  async anchors(chainId: number, since = 0): Promise<AnchorRecord[]> {
    const newest = await this.latestCheckpoint(chainId);
    if (newest === undefined || newest.index < since) return [];
    return this.#log.read(chainId, newest.rootBlock, since);
  }

  /** One anchor with its checkpoint. @throws RootError `ANCHOR_UNKNOWN` */
  async anchor(chainId: number, index: number): Promise<AnchorRecord> {
    const newest = await this.latestCheckpoint(chainId);
    if (newest !== undefined && index <= newest.index) {
      const toBlock = newest.rootBlock;
      const fromBlock = index === newest.index ? toBlock : 0;
      const found = await this.#log.find(chainId, index, { fromBlock, toBlock });
      if (found?.checkpoint.index === index) return found;
    }
    throw new RootError(
      RootErrorCode.AnchorUnknown,
      `chain ${chainId} has no checkpoint ${index} on the root`,
      { data: { chainId, index } },
    );
  }

  /** The root's newest final block, by this client's finality. */
  async finalBlock(): Promise<RootBlock> {
    const depth = finalityDepth(this.finality);
    if (depth === undefined) return this.block('finalized');
    const latest = await this.block('latest');
    return depth === 0 ? latest : this.block(Math.max(0, latest.number - depth));
  }

  /** @throws RootError `ROOT_REORGANISED` when the root has no such block (any more) */
  async block(tag: BlockTag): Promise<RootBlock> {
    const block = await onRoot(() => this.provider.getBlock(tag));
    if (block?.hash == null) {
      throw new RootError(RootErrorCode.Reorganised, `the root has no block ${tag}`, {
        retryable: true,
      });
    }
    return { number: block.number, hash: block.hash as Hash };
  }

  /** @throws RootError `NOT_DEPLOYED` unless both contracts stand on this root */
  async assertDeployed(): Promise<void> {
    for (const address of [this.registry, this.checkpointManager]) {
      const code = await onRoot(() => this.provider.getCode(address));
      if (code === '0x') throw this.#notDeployed(address);
    }
  }

  async #read(
    to: Address,
    contract: Interface,
    method: string,
    args: readonly unknown[],
    blockTag: BlockTag = 'latest',
  ): Promise<Result> {
    const data = contract.encodeFunctionData(method, args);
    const answer = await onRoot(() => this.provider.call({ to, data, blockTag }));
    if (answer === '0x') throw this.#notDeployed(to);
    return contract.decodeFunctionResult(method, answer);
  }

  #notDeployed(address: Address): RootError {
    return new RootError(
      RootErrorCode.NotDeployed,
      `the root has no contract at ${address}: run "flotilla root deploy"`,
      { data: { address } },
    );
  }
}
