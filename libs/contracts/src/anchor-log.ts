import { CHECKPOINT_FIELDS, type Checkpoint, parseCheckpoint } from '@flotilla/anchoring';
import { type Address, bigIntToHex, type Hash } from '@flotilla/common';
import { type JsonRpcApiProvider, type Log, type Result, toBeHex } from 'ethers';
import type { AnchorRecord } from './anchor.js';
import { onRoot } from './decode-error.js';
import { RootError, RootErrorCode } from './errors.js';
import { managerInterface } from './interfaces.js';

function toCheckpoint(values: Result): Checkpoint {
  const fields = CHECKPOINT_FIELDS.map(([name, type]) => {
    const value = values.getValue(name);
    return [name, type === 'bytes32' ? (value as string).toLowerCase() : Number(value)];
  });
  return parseCheckpoint(Object.fromEntries(fields));
}

interface Entry {
  readonly record: AnchorRecord;
  readonly previousAnchorBlock: number;
}

function toEntry(log: Log): Entry {
  const { args } = managerInterface.parseLog(log)!;
  return {
    previousAnchorBlock: Number(args.previousAnchorBlock),
    record: {
      checkpoint: toCheckpoint(args.checkpoint),
      hash: args.hash.toLowerCase() as Hash,
      bitmap: bigIntToHex(args.bitmap, 32),
      rootBlock: { number: log.blockNumber, hash: log.blockHash as Hash },
      transactionHash: log.transactionHash as Hash,
    },
  };
}

interface Range {
  readonly fromBlock: number;
  readonly toBlock: number;
}

/** Reads anchors from the root's log, following each one's link to the one before. */
export class AnchorLog {
  constructor(
    readonly options: { readonly manager: Address; readonly rangeBlocks: number },
    readonly modules: { readonly provider: JsonRpcApiProvider },
  ) {}

  /**
   * @param newestBlock the root's block of the chain's newest anchor
   * @param downTo the lowest index wanted
   * @returns ascending by index
   */
  async read(chainId: number, newestBlock: number, downTo: number): Promise<AnchorRecord[]> {
    const records: AnchorRecord[] = [];
    for (let toBlock = newestBlock; ; ) {
      const fromBlock = Math.max(0, toBlock - this.options.rangeBlocks + 1);
      const entries = await this.#entries({ fromBlock, toBlock }, chainId);
      for (const { record } of entries) {
        if (record.checkpoint.index >= downTo) records.push(record);
      }
      const oldest = entries.at(-1);
      if (oldest === undefined || oldest.record.checkpoint.index <= downTo) break;
      toBlock = oldest.previousAnchorBlock;
    }
    return records.reverse();
  }

  /** One anchor: its index is a topic, so that a node which allows the range finds it at once. */
  async find(chainId: number, index: number, range: Range): Promise<AnchorRecord | undefined> {
    try {
      return (await this.#entries(range, chainId, index))[0]?.record;
    } catch (error) {
      if (error instanceof RootError && error.code === RootErrorCode.Unreachable) throw error;
      return (await this.read(chainId, range.toBlock, index))[0];
    }
  }

  /** Descending by index. */
  async #entries(range: Range, chainId: number, index?: number): Promise<Entry[]> {
    const { topicHash } = managerInterface.getEvent('CheckpointAnchored')!;
    const topics = [topicHash, toBeHex(chainId, 32)];
    if (index !== undefined) topics.push(toBeHex(index, 32));
    const logs = await onRoot(() =>
      this.modules.provider.getLogs({ address: this.options.manager, topics, ...range }),
    );
    return logs.map(toEntry).sort((a, b) => b.record.checkpoint.index - a.record.checkpoint.index);
  }
}
