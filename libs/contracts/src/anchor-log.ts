import {
  CHECKPOINT_FIELDS,
  CHECKPOINT_MANAGER_ADDRESS,
  type Checkpoint,
  parseCheckpoint,
} from '@flotilla/anchoring';
import { type Address, bigIntToHex, type Hash } from '@flotilla/common';
import { type JsonRpcApiProvider, type Log, type Result, toBeHex } from 'ethers';
import type { AnchorRecord } from './anchor.js';
import { onRoot } from './decode-error.js';
import { managerInterface } from './interfaces.js';

/** Blocks per eth_getLogs; what public endpoints commonly allow. */
const LOG_RANGE_BLOCKS = 10_000;

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

/** Reads anchors from the root's log, newest first, following each one's link to the one before. */
export class AnchorLog {
  constructor(
    readonly modules: { readonly provider: JsonRpcApiProvider },
    readonly manager: Address = CHECKPOINT_MANAGER_ADDRESS,
  ) {}

  /** @param newestBlock the root's block of the chain's newest anchor; @param downTo an index */
  async read(chainId: number, newestBlock: number, downTo: number): Promise<AnchorRecord[]> {
    const records: AnchorRecord[] = [];
    for (let toBlock = newestBlock; ; ) {
      const entries = await this.#entries(chainId, toBlock);
      for (const { record } of entries) {
        if (record.checkpoint.index >= downTo) records.push(record);
      }
      const oldest = entries.at(-1);
      if (oldest === undefined || oldest.record.checkpoint.index <= downTo) break;
      toBlock = oldest.previousAnchorBlock;
    }
    return records.reverse();
  }

  /** Descending by index. */
  async #entries(chainId: number, toBlock: number): Promise<Entry[]> {
    const logs = await onRoot(() =>
      this.modules.provider.getLogs({
        address: this.manager,
        topics: [managerInterface.getEvent('CheckpointAnchored')!.topicHash, toBeHex(chainId, 32)],
        fromBlock: Math.max(0, toBlock - LOG_RANGE_BLOCKS + 1),
        toBlock,
      }),
    );
    return logs.map(toEntry).sort((a, b) => b.record.checkpoint.index - a.record.checkpoint.index);
  }
}
